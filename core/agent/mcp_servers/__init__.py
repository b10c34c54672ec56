"""The user's own MCP servers, offered to the model as read-only tools."""
