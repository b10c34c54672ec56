"""The decision whether and how far to act; one small rule per file."""
