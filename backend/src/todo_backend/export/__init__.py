"""All that is a person's, as a file."""
