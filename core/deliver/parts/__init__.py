"""The parts of a pull request or ticket, each made from the case alone."""
