"""Operating the process: health, and leaving without losing a request."""
