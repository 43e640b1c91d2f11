"""Where the command line of `losscompass run` ends and the script's own begins."""

from collections.abc import Sequence

WITH_VALUE = frozenset(
    (
        "--lang",
        "--watch",
        "--stop-on",
        "--fail-on",
        "--format",
        "--output",
        "-o",
        "--task",
        "--classes",
        "--priors",
        "--target",
        "--select",
        "--ignore",
    )
)
"""Options of `run` that take the next word as their value; a test compares with the verb itself."""


def split(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """The words for losscompass, and what is to be run with its own words. For another verb all are losscompass's."""
    words = list(arguments)
    at = _verb(words)
    if at is None or words[at] != "run":
        return words, []
    end = own_options(words[at + 1 :])
    return words[: at + 1 + end], words[at + 1 + end :]


def own_options(words: Sequence[str]) -> int:
    """How many of the words after `run` are losscompass's: all before the script, or before `-m` and its module."""
    at = 0
    while at < len(words):
        word = words[at]
        if word == "-" or not word.startswith("-") or (word.startswith("-m") and not word.startswith("--")):
            return at
        if word == "--":
            return at
        at += 2 if word in WITH_VALUE else 1
    return len(words)


def _verb(words: Sequence[str]) -> int | None:
    at = 0
    while at < len(words):
        if not words[at].startswith("-"):
            return at
        at += 2 if words[at] == "--lang" else 1
    return None
