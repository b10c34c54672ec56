"""The phases that investigate, plan, reproduce, patch and explain; model access and its budget."""
