"""Who is asking: tokens become Principals, and nothing else does."""
