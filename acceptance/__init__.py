"""The specification of Todo Stack as executable checks, run by `./todo verify` against a deployed stack.

`specification` has the numbers and their texts, `checks` one function for each, `inspection` what a check works with
and what it found, `stack` what is looked at, `scratch_release`
releases beside it that may be broken, `reports` what is printed.
"""
