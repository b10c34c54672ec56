"""Pure functions from model to styled lines; the only door for text."""
