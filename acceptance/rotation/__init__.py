"""Replacing a secret of the release that runs, and the proofs that people can go on."""
