"""From stack traces to frames, from frames to a fingerprint with reasons."""
