"""The checks of a draft, one per file; each looks at the change and says what it found."""
