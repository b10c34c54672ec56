"""Labelled events of known bugs, and how well each rule puts those of one bug together."""
