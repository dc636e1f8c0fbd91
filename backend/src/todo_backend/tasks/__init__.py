"""Tasks: the one service behind every entry point."""
