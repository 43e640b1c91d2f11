"""One file a verb, thin."""

from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """The command `losscompass`: returns the exit code. 0 nothing at or above `--fail-on`, 1 found, 2 no input or no use."""
    from .main import run

    return run(arguments)
