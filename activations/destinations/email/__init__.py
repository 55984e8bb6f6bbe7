"""E-mail destinations."""
