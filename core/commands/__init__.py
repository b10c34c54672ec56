"""The commands of the command line, one file each; every one returns its exit code."""
