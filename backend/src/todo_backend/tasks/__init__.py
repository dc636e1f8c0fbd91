"""Tasks: the one service behind every door."""
