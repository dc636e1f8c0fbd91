"""Entry point of `python -m todo_cli`, which the launcher `./todo` runs."""

from todo_cli.main import main

if __name__ == "__main__":
    main()
