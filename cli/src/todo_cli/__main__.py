"""Entry point of `python -m todo_cli`, which the launcher `./todo` runs."""

import sys

from todo_cli.errors import EXIT_INTERRUPTED

if __name__ == "__main__":
    try:
        from todo_cli.main import main

        main()
    except KeyboardInterrupt:  # while the modules were read: nothing is begun yet
        sys.stderr.write("interrupted\n")
        sys.exit(EXIT_INTERRUPTED)
