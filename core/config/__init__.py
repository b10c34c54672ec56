"""Typed settings, where each value came from, and what a repository may tighten."""
