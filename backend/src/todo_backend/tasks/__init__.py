"""Tasks: the one service behind every API."""
