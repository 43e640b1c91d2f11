"""Values as Python prints them: lists, tuples, dicts, numpy arrays and tensors of numbers. Nothing is evaluated."""

import re
from dataclasses import dataclass

_TOKEN = re.compile(
    r"\s*(?:(?P<mark>[\[\](){},:=])"
    r"|(?P<string>'(?:[^'\\\n]|\\.)*'|\"(?:[^\"\\\n]|\\.)*\")"
    r"|(?P<ellipsis>\.\.\.)"
    r"|(?P<number>[-+]?(?:(?:nan|inf(?:inity)?)(?!\w)|(?:\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d+)?(?![\w.])))"
    r"|(?P<word>[^\W\d][\w.]*)"
    r"|(?P<other><[^<>\n]{0,200}>))",
    re.IGNORECASE,
)
_FLAT = re.compile(r"\[([^\[\](){}'\"<>:=]*)\]")
_CLOSES = {"[": "]", "(": ")", "{": "}"}
_WORDS = {"None": None, "True": True, "False": False}
# Calls that print what they hold as their first argument that is no class.
WRAPPER = (
    r"(?:\w+\.)*(?:array|tensor|Array|DeviceArray|Tensor|Parameter|list|tuple|deque|dict|defaultdict|OrderedDict|Series|"
    r"float\d*|int\d*|bfloat16|float_|double)"
)
_WRAPPERS = re.compile(WRAPPER)
_DEPTH = 8


class ShortenedError(ValueError):
    """The value is there in part only: numpy leaves out the middle of a long array."""


def value_at(text: str, at: int) -> tuple[object, int]:
    """The value that begins at `at` and where it ends. A tuple or an array is a list; a class or a function is None.

    Raises `ValueError` where no whole value of this kind begins, `ShortenedError` where some of it was left out.
    """
    reading = _Reading(text, at)
    return reading.value(0), reading.at


@dataclass(slots=True)
class _Reading:
    text: str
    at: int

    def _next(self) -> tuple[str, str]:
        """The next token, which is taken: its kind and its text."""
        found = _TOKEN.match(self.text, self.at)
        if found is None or found.lastgroup is None:
            raise ValueError("no value of Python")
        self.at = found.end()
        return found.lastgroup, found[found.lastgroup]

    def _takes(self, mark: str) -> bool:
        found = _TOKEN.match(self.text, self.at)
        if found is None or found["mark"] != mark:
            return False
        self.at = found.end()
        return True

    def value(self, depth: int) -> object:
        if depth > _DEPTH:
            raise ValueError("nested too deeply")
        kind, said = self._next()
        if kind == "number":
            return float(said)
        if kind == "string":
            return said[1:-1]
        if kind == "other":
            return None
        if kind == "word":
            return self._word(said, depth)
        if kind == "ellipsis":
            raise ShortenedError("shortened")
        if said == "{":
            return self._dict(depth)
        if said in "[(":
            return self._list(said, depth)
        raise ValueError("no value of Python")

    def _word(self, word: str, depth: int) -> object:
        if word in _WORDS:
            return _WORDS[word]
        if not _WRAPPERS.fullmatch(word) or not self._takes("("):
            raise ValueError("a name, not a value")
        found: object = None
        while not self._takes(")"):
            before = self.at
            kind, _ = self._next()
            if kind == "word" and self._takes("="):  # dtype=float32, device='cuda:0'
                kind, _ = self._next()
                if kind == "mark":
                    raise ValueError("no value of Python")
            else:
                self.at = before
                value = self.value(depth + 1)
                found = value if found is None else found
            self._takes(",")
        return found

    def _list(self, opening: str, depth: int) -> list[object]:
        if opening == "[" and (flat := _FLAT.match(self.text, self.at - 1)) is not None:
            try:
                numbers: list[object] = [float(cell) for cell in flat[1].replace(",", " ").split()]
            except ValueError:
                pass
            else:
                self.at = flat.end()
                return numbers
        items: list[object] = []
        while not self._takes(_CLOSES[opening]):
            items.append(self.value(depth + 1))
            self._takes(",")  # numpy separates by blanks
        return items

    def _dict(self, depth: int) -> dict[str, object]:
        entries: dict[str, object] = {}
        while not self._takes("}"):
            key = self.value(depth + 1)
            if not self._takes(":"):
                raise ValueError("a set, not a dict")
            entries[f"{key:g}" if isinstance(key, float) else str(key)] = self.value(depth + 1)
            self._takes(",")
        return entries
