"""Stand-ins of outside platforms: local servers that answer as the platform does, for tests and for trying things out."""
