"""The ways to run the stack: as local processes, or on a Kubernetes cluster."""
