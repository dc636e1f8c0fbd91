"""The assistant: an agent that acts through the MCP tools alone."""
