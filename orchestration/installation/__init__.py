"""The settings of an installation, and its home folder."""
