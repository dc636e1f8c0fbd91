"""The `todo` command: brings Todo Stack up, tests it and takes it down."""
