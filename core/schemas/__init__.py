"""JSON schemas of what commands print with `--json`, versioned, and derived from the types themselves."""
