"""`todo completion`: what makes a shell complete `./todo`."""

from enum import StrEnum
from typing import Annotated

import typer
from typer._completion_classes import completion_init

COMPLETE_VARIABLE = "_TODO_COMPLETE"


class Shell(StrEnum):
    """The shells that are known."""

    bash = "bash"
    zsh = "zsh"
    fish = "fish"


# Each asks the command that is being typed, so that it works in every checkout and through an alias.
SCRIPTS = {
    Shell.bash: """_todo_complete() {
    local IFS=$'\\n' program=${COMP_WORDS[0]}
    program=${BASH_ALIASES[$program]:-$program}
    COMPREPLY=( $( env COMP_WORDS="${COMP_WORDS[*]}" COMP_CWORD=$COMP_CWORD _TODO_COMPLETE=complete_bash \\
        "${program/#\\~/$HOME}" 2>/dev/null ) )
}
complete -o default -F _todo_complete todo ./todo
""",
    Shell.zsh: """_todo_complete() {
    local program=${aliases[$words[1]]:-$words[1]}
    eval $(env _TYPER_COMPLETE_ARGS="${words[1,$CURRENT]}" _TODO_COMPLETE=complete_zsh ${~program} 2>/dev/null)
}
compdef _todo_complete todo ./todo
""",
    Shell.fish: """function _todo_complete
    set -l words (commandline -opc)
    env _TODO_COMPLETE=complete_fish _TYPER_COMPLETE_FISH_ACTION=$argv[1] \\
        _TYPER_COMPLETE_ARGS=(commandline -cp) $words[1] 2>/dev/null
end
complete --command todo --no-files --arguments "(_todo_complete get-args)" --condition "_todo_complete is-args"
""",
}


def completion(shell: Annotated[Shell, typer.Argument(help="Which shell.")]) -> None:
    """Print a script that makes your shell complete commands and options of ./todo, and of an alias `todo`.

    Examples: source <(./todo completion bash); source <(./todo completion zsh); ./todo completion fish | source
    """
    typer.echo(SCRIPTS[shell], nl=False)


def prepare() -> None:
    """Make the command line answer what the scripts ask."""
    completion_init()
