"""What is printed, and what comes back on paper."""
