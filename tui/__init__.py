"""The Textual screens; they follow the journal and never run the work."""
