"""The commands, one module each: what they take and print; the work is done elsewhere."""
