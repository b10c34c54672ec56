"""Which events are one bug: stack traces, fingerprints with reasons, and the case a signal belongs to."""
