"""What must not leave unseen."""
