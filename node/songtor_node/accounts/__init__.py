"""How the people who use a node prove who they are, and what the administrator does with their accounts."""
