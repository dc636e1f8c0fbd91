"""Conversations with the assistant: one history behind the REST endpoint and the ChatKit protocol."""
