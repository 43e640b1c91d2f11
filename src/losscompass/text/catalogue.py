"""All words of one language, looked up by id and filled with values.

Words of rules, remedies and losses stand in the Markdown beside them (`rules/<category>/<id>.<lang>.md`,
`remedies/<id>.<lang>.md`, `losses/<family>/<id>.<lang>.md`); all others in `text/<room>.<lang>.toml`, whose tables are merged. The result is plain text: who shows it escapes it.
"""

import re
import string
import tomllib
from collections.abc import Mapping
from functools import cache, cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable

from .language import LANGUAGES, choose
from .number import DIGITS, duration, moment, number, percent
from .words import SECTIONS, Words, parse

__all__ = ["LANGUAGES", "Catalogue", "catalogue", "choose"]

Value = float | int | str

_PACKAGE = files("losscompass")
_JAPANESE = re.compile("[\u3001-\u30ff\u4e00-\u9fff\uff01-\uff60]")


WORDS = "words:"
"""What a value begins with that is a key of the catalogue: a finding that takes several forms has one message."""


class Catalogue:
    """The words of one language. A word that is missing is never an error to the user: its id is shown instead."""

    def __init__(self, lang: str) -> None:
        if lang not in LANGUAGES:
            raise ValueError(f"no words in {lang!r}: choose one of {', '.join(LANGUAGES)}")
        self.lang = lang
        self._read: dict[str, Words] = {}

    # -- rules, remedies and losses ----------------------------------------------------------------------------------

    @cached_property
    def paths(self) -> Mapping[str, Traversable]:
        """The Markdown file of every rule and remedy, by id, in the order of the folders."""
        return self._files("rules", "remedies")

    @cached_property
    def losses(self) -> Mapping[str, Traversable]:
        """The Markdown file of every loss, by id."""
        return self._files("losses")

    def _files(self, *rooms: str) -> dict[str, Traversable]:
        suffix = f".{self.lang}.md"
        found: dict[str, Traversable] = {}
        for room in rooms:
            for path in sorted(_walk(_PACKAGE / room), key=lambda path: path.name):
                if path.name.endswith(suffix):
                    found[path.name.removesuffix(suffix).replace("_", "-")] = path
        return found

    @cached_property
    def remedies(self) -> frozenset[str]:
        """Which ids are remedies; the others are rules."""
        suffix = f".{self.lang}.md"
        names = (path.name for path in (_PACKAGE / "remedies").iterdir())
        return frozenset(name.removesuffix(suffix).replace("_", "-") for name in names if name.endswith(suffix))

    def words(self, id: str) -> Words | None:  # noqa: A002 - id is the word for it
        """What is written of a rule, remedy or loss, unfilled; None where there is no such id."""
        if id not in self._read and (path := self.paths.get(id) or self.losses.get(id)) is not None:
            self._read[id] = parse(path.read_text("utf-8"))
        return self._read.get(id)

    def title(self, id: str) -> str:  # noqa: A002
        """The name of a rule, remedy or loss in this language."""
        words = self.words(id)
        return words.title if words else id

    def message(self, id: str, values: Mapping[str, Value] | None = None) -> str:  # noqa: A002
        """The sentence of a rule, remedy or loss, filled with the values that were seen."""
        words = self.words(id)
        return self.fill(words.message, values or {}) if words else id

    def section(self, id: str, name: str, values: Mapping[str, Value] | None = None) -> str:  # noqa: A002
        """One section (`words.SECTIONS`) as Markdown; empty where there is none. Filled only if values are given."""
        words = self.words(id)
        text = words.sections.get(name, "") if words else ""
        return self.fill(text, values) if values is not None else text

    def heading(self, name: str) -> str:
        """How a section is headed in this language."""
        return dict(zip(LANGUAGES, SECTIONS[name], strict=True))[self.lang] if name in SECTIONS else name

    # -- all other words ---------------------------------------------------------------------------------------------

    @cached_property
    def rooms(self) -> Mapping[str, object]:
        """Every `text/*.<lang>.toml`, merged; where two give the same key (a test forbids it), the first stays."""
        merged: dict[str, object] = {}
        for path in sorted((_PACKAGE / "text").iterdir(), key=lambda path: path.name):
            if path.name.endswith(f".{self.lang}.toml"):
                merge(merged, tomllib.loads(path.read_text("utf-8")))
        return merged

    def has(self, key: str) -> bool:
        """Whether there are words for a dotted key."""
        return self._raw(key) is not None

    def ui(self, key: str, /, **values: Value) -> str:
        """The words of a dotted key ("skipped.cut-off-last-row"), filled; the key itself where there are none."""
        raw = self._raw(key)
        return key if raw is None else self.fill(raw, values)

    def lacks(self, key: str, values: Mapping[str, Value]) -> bool:
        """Whether the words of a dotted key ask for a value that is not given."""
        return not placeholders(self._raw(key) or "") <= values.keys()

    def table(self, key: str) -> Mapping[str, object]:
        """A whole table of words, unfilled, as the page needs them; empty where there is none."""
        found = self._find(key)
        return found if isinstance(found, dict) else {}

    def _raw(self, key: str) -> str | None:
        found = self._find(key)
        return found if isinstance(found, str) else None

    def _find(self, key: str) -> object:
        found: object = self.rooms
        for part in key.split("."):
            found = found.get(part) if isinstance(found, dict) else None
        return found

    # -- numbers -----------------------------------------------------------------------------------------------------

    def fill(self, template: str, values: Mapping[str, Value]) -> str:
        """`template` with its {placeholders} replaced; a value that is missing as "?".

        `{x}` and `{x:.3g}` are written by `number`, `{x:.1%}` by `percent`, `{x:t}` is a span of time in seconds, a "+" before
        these shows the sign of a rise. Values that are text are put in as they are; "words:metric-wrong.stale" stands for
        the words of that key, filled with the other values.
        """
        return fill(template, values, self.lang)

    def number(self, x: float, digits: int = DIGITS) -> str:
        """See `number.number`."""
        return number(x, digits)

    def percent(self, share: float, digits: int = 0) -> str:
        """See `number.percent`."""
        return percent(share, digits)

    def moment(self, seconds: float) -> str:
        """A date and time."""
        return moment(seconds, self.lang)

    def duration(self, seconds: float) -> str:
        """A span of time."""
        return duration(seconds, self.lang)


def fill(template: str, values: Mapping[str, Value], lang: str) -> str:
    """See `Catalogue.fill`. No attribute look-ups, no conversions; a template that is none stays as it is."""
    text = ""
    try:
        pieces = list(string.Formatter().parse(template))
    except ValueError:
        return template
    for literal, name, spec, _ in pieces:
        text = _join(text, literal)
        if name is not None:
            value = values.get(name, "?")
            if isinstance(value, str) and value.startswith(WORDS):
                others = {key: one for key, one in values.items() if key != name}
                text = _join(text, catalogue(lang).ui(value.removeprefix(WORDS), **others))
            else:
                text = _join(text, _written(value, spec or "", lang))
    return text


def _join(text: str, more: str) -> str:
    """One after the other; a blank that would stand between two Japanese letters is left out."""
    if text.endswith(" ") and _JAPANESE.match(more) and _JAPANESE.match(text[-2:-1]):
        return text[:-1] + more
    if more.startswith(" ") and _JAPANESE.match(more[1:2]) and _JAPANESE.match(text[-1:]):
        return text + more[1:]
    return text + more


def _written(value: Value, spec: str, lang: str) -> str:
    if not isinstance(value, int | float):
        return str(value)
    if not spec:
        return number(value)
    sign = "+" if spec[0] == "+" and value > 0 else ""
    kind, digits = spec[-1], spec[:-1].lstrip("+,").removeprefix(".")
    if kind == "t":  # ours: seconds as a span of time
        return duration(value, lang)
    if kind in "g%" and digits.isdecimal() | (not digits):
        return sign + (number(value, int(digits or DIGITS)) if kind == "g" else percent(value, int(digits or 0)))
    try:
        return format(value, spec)
    except ValueError:
        return number(value)


@cache
def catalogue(lang: str) -> Catalogue:
    """The words of a language, read once."""
    return Catalogue(lang)


def _walk(folder: Traversable) -> list[Traversable]:
    """The files of a folder and of the folders in it."""
    paths: list[Traversable] = []
    for path in folder.iterdir():
        paths += _walk(path) if path.is_dir() and path.name != "__pycache__" else [path]
    return paths


def merge(into: dict[str, object], other: Mapping[str, object], path: str = "") -> list[str]:
    """Put the tables of `other` into `into`; the keys that were there already, which keep their words."""
    twice: list[str] = []
    for key, value in other.items():
        old = into.get(key)
        if isinstance(old, dict) and isinstance(value, dict):
            twice += merge(old, value, f"{path}{key}.")
        elif key in into:
            twice.append(path + key)
        else:
            into[key] = dict(value) if isinstance(value, dict) else value
    return twice


def placeholders(template: str) -> set[str]:
    """The names of the values that a template asks for."""
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}
