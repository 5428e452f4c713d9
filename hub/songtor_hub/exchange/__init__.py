"""What every envelope passes: taken in, logged, receipted, handed out. It cannot read what it carries."""
