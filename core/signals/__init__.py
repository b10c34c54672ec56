"""Sources in: one adapter per service behind one protocol."""
