"""kubectl, helm, docker and minikube as programs: what they are asked, and what their answers mean.

Knows nothing of our chart, settings or state, so that others may use it.
"""
