"""The agent: phases with fresh contexts, tools, prompts, model access, record and replay."""
