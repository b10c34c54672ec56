"""After the pull request: is it merged, is it out, does the error stay away."""
