"""Private clone, worktree per case, edits, sandboxed commands and test runs."""
