"""The assistant: an agent whose only hands are the MCP tools; `offline` is a model that needs no network."""
