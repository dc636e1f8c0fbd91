"""MCP tools: what a model, the built-in assistant or an MCP client can do with tasks."""
