"""The Python that runs the script: as `losscompass` itself was started, with the watcher's way in."""

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

BOOT = Path(__file__).parent / "boot"
"""The folder that `PYTHONPATH` leads with. Its `sitecustomize` takes it out again."""

_WITH_VALUE = "WX"
_KEPT_OF_A_SCRIPT = "WXOuBbdvq"
"""Of the options on the first line of an installed command: those that change no search path. The others are the packager's."""


def options(original: Sequence[str] | None = None) -> list[str]:
    """The options of Python that this process was started with: `python -X dev -u -m losscompass …` gives -X dev -u.

    `original`: the command line as the system was given it (`sys.orig_argv`).
    """
    words = list(sys.orig_argv if original is None else original)[1:]
    kept: list[tuple[str, str]] = []
    by_module = False
    while words and words[0].startswith("-") and words[0] != "-":
        word = words.pop(0)
        if word.startswith("--"):
            if word == "--check-hash-based-pycs" and words:
                kept.append(("-", word))
                kept.append(("-", words.pop(0)))
            continue
        for at, letter in enumerate(word[1:], start=1):
            if letter in "cm":
                by_module = True
                words.clear()
                break
            if letter in _WITH_VALUE:
                value = word[at + 1 :] or (words.pop(0) if words else "")
                kept.append((letter, f"-{letter}{value}"))
                break
            kept.append((letter, f"-{letter}"))
    return [option for letter, option in kept if by_module or letter in "-" + _KEPT_OF_A_SCRIPT]


def can_be_watched(flags: Sequence[str]) -> bool:
    """Whether Python with these options looks at `PYTHONPATH` and for a `sitecustomize` at all."""
    return not any(flag in {"-E", "-I", "-S"} for flag in flags)


def environment(journal: Path, script: str, around: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The environment of the script's Python; `sitecustomize` gives the script the one that is `around`."""
    made = dict(around)
    if _coerced(made):
        del made["LC_CTYPE"]
    before = made.get("PYTHONPATH")
    made["PYTHONPATH"] = os.pathsep.join((str(BOOT), before) if before else (str(BOOT),))
    if before is not None:
        made["LOSSCOMPASS_PYTHONPATH"] = before
    made["LOSSCOMPASS_JOURNAL"] = str(journal)
    made["LOSSCOMPASS_SCRIPT"] = script
    return made


def _coerced(around: Mapping[str, str]) -> bool:
    """Whether LC_CTYPE is there because this Python found no locale and gave itself one (PEP 538): the script's must do so too.

    Python is in its UTF-8 mode by itself only where it was started without a locale.
    """
    asked = around.get("PYTHONUTF8") == "1" or "utf8" in sys._xoptions  # noqa: SLF001 - the documented name
    chosen = around.get("LC_CTYPE") in {"C.UTF-8", "C.utf8", "UTF-8"}
    return chosen and bool(sys.flags.utf8_mode) and not asked
