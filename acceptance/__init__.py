"""The stack looked at from outside: its specification as executable checks, and commands that disturb it under load.

`specification` has the clauses, `checks` one function for each, `inspection` what a check works with and what it found,
`scratch_release` releases beside the stack that may be broken, `reports` what is printed, `load` clients at work;
`commands` plugs all of it into `./todo`.
"""
