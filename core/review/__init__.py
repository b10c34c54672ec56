"""Static checks of a draft, and the rounds of review."""
