"""The headless core: no terminal, no widget."""
