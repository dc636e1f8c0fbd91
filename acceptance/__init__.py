"""The stack looked at from outside: its specification as executable checks, and commands that disturb it under load.

`specification` has the clauses, `checks` a pytest test for each, `fixtures` what they ask for, `verification` runs
them; `scratch_release` makes releases that may be broken, `reports` what is printed, `load` clients at work;
`commands` plugs all of it into `./todo`.
"""
