"""A small forge on loopback that speaks GitHub's endpoints and keeps its pull requests in a folder.

It runs as a process of its own, and also stands in for a source's write-back (Sentry's comments and
status), so a delivery can run for real without any account. It is for the demo and for tests.
"""
