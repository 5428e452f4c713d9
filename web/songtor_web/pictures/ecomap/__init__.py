"""The ecomap: a household, the services and people around it, how strong each tie is, which way it flows."""
