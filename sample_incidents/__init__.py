"""Sample incidents: signals, a repository as a list of commits, a recorded agent; and what builds them."""
