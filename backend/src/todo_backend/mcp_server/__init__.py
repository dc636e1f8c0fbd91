"""The MCP server: tools that call the task service and nothing else."""
