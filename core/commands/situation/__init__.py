"""What is known around an event, as CTX.json of `rootcase explain gate` tells it."""
