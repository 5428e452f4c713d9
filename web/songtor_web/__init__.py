"""What both sides need to face people and operators: pages, and the log of a process that serves."""
