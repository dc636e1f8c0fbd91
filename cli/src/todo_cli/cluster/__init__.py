"""Working with a Kubernetes cluster by kubectl and helm, run as programs."""
