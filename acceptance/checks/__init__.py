"""One test for each clause or a few of them, by subject. What one says in its docstring is what it looks at."""
