"""A case as a report: facts with a versioned schema, and the same as Markdown and as a page."""
