"""kubectl, helm, docker and minikube as programs: what they are asked, and what their answers mean.

Knows nothing of the stack, its chart or its settings, so that others may use it.
"""
