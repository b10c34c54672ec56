"""Untrusted text, redaction and command rules; used by every stage."""
