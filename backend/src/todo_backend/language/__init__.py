"""What people write about their tasks: text and a moment in, structures out.

Sentences are read in English; in German and Urdu those that add, list, find, complete, reopen, delete and undo.
`phrasebooks` has the commands of a language, `vocabularies` its days and times.

Pure functions: no clock, no network, no state, and nothing of the other rooms. `drafts.read_line` reads a task from one
line and tells which characters mean what, `parse_quick_add` the task alone; `commands.understand` reads what a sentence
asks for. `repetition.read_recurrence` reads how often something is to be done, and `recurrence_words.in_words` says it.

The rules are some hundreds of regular expressions, compiled when their module is imported. Nothing is imported here, so
that a server that is ready has none of them: whoever reads a text imports what reads it.

The date rules are our own rather than a library's: dateparser 1.5 reads "may", "sat" or "24/7" in a title as dates,
takes "friday" for the last one, and brings 11 MB.
"""
