"""Whether and how far to act on a case: small rules, each with what it saw and why it matters."""
