"""The built-in assistant: a model that needs no network and answers the same each time.

`model.OfflineModel` stands behind the OpenAI Agents SDK, so that the same runner and the same MCP tools serve with and
without a language model. What a sentence means, `language` says; here is what the assistant does and answers:
`dialogue` decides what a message asks for, `plans` carry it out, `replies` put the outcome into words.
"""
