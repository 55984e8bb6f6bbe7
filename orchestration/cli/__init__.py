"""The command line ``sluice``: a file a command, thin over what the packages do."""
