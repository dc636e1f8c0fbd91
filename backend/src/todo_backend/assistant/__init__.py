"""The assistant: an agent whose only hands are the MCP tools."""
