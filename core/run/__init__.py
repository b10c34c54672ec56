"""What one run of one case needs: the next step, the recorder, control by humans, the budget."""
