"""The assistant: an agent that acts through the MCP tools alone; `offline` is a model that needs no network."""
