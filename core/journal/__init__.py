"""Entries in order, the fold that makes them a case, and the store that keeps them."""
