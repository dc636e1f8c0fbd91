"""`todo test`: the suites of each part, when each runs, how it is counted, and why it could not run."""
