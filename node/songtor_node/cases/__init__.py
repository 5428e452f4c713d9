"""Case work: who, what happened, what was found, what was done."""
