"""The parts of `todo test`: what each runs, how it is counted, and why it could not run."""
