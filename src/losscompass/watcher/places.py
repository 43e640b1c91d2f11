"""Where in the user's own code something happens: the first frame outside torch, losscompass and installed packages."""

import ast
import linecache
import os
import sys
import sysconfig
from types import CodeType, FrameType
from typing import Final

Place = tuple[str, int, str, str]
"""File, line, the line's text, function: plain, so that nothing heavy is imported into the user's process."""

_OURS: Final = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep  # noqa: PTH100, PTH120 - strings, on a hot path
_LIBRARIES: Final = tuple(
    {
        path + os.sep
        for name in ("stdlib", "platstdlib", "purelib", "platlib")
        if (path := sysconfig.get_paths().get(name))
    }
)
WRAPPER: Final = "<losscompass importlib._bootstrap>"
"""File name of the functions that stand before torch's. Python's `warnings` does not count frames whose file name holds
both words, so that a warning raised inside a wrapped function names the line that it would name without us."""

_MAX_FRAMES: Final = 60
_MOST: Final = 20_000
"""Code objects that are remembered."""


class Spot:
    """A place as it is found, before its text is looked up. There is one object a place, so that it is a quick key."""

    __slots__ = ("code", "line")

    def __init__(self, code: CodeType, line: int) -> None:
        self.code = code
        self.line = line


def is_own_code(code: CodeType) -> bool:
    """Whether the code is the user's: not ours, not of Python or an installed package, not frozen or made by `exec`."""
    return own_file(code.co_filename)


def own_file(name: str) -> bool:
    """The same by the name of the file."""
    if name.startswith(_OURS) or name == WRAPPER:
        return False
    if name.startswith("<"):
        return name.startswith(("<ipython-input", "<stdin"))
    return not name.startswith(_LIBRARIES)


class Places:
    """Finds the user's line for whoever calls. Which code is the user's is looked up once for each code object."""

    def __init__(self, folder: str | None = None) -> None:
        # by `id`: the hash of a code object is computed from all of its code, each time; `_kept` keeps the ids valid
        self._own: dict[int, bool] = {}
        self._kept: list[CodeType] = []
        self._spots: dict[tuple[int, int], Spot] = {}
        self._known: dict[Spot, Place] = {}
        self._folder = os.path.abspath(folder or os.getcwd())  # noqa: PTH100, PTH109 - strings, as frames have them

    def frame(self, depth: int = 1) -> FrameType | None:
        """The innermost frame of the user's own code, `depth` frames above the caller or higher."""
        own = self._own
        frame: FrameType | None = sys._getframe(depth + 1)
        for _ in range(_MAX_FRAMES):
            if frame is None:
                return None
            code = frame.f_code
            mine = own.get(id(code))
            if mine is None:
                mine = self._look_up(code)
            if mine:
                return frame
            frame = frame.f_back
        return None

    def owns(self, code: CodeType) -> bool:
        """Whether the code is the user's own."""
        mine = self._own.get(id(code))
        return self._look_up(code) if mine is None else mine

    def _look_up(self, code: CodeType) -> bool:
        if len(self._kept) >= _MOST:  # code that is made again and again
            self._own.clear()
            self._kept.clear()
            self._spots.clear()
            self._known.clear()
        self._kept.append(code)
        mine = self._own[id(code)] = is_own_code(code)
        return mine

    def spot(self, depth: int = 1) -> Spot | None:
        """The user's line that led here."""
        frame = self.frame(depth + 1)
        if frame is None:
            return None
        code, line = frame.f_code, frame.f_lineno
        spot = self._spots.get((id(code), line))
        return spot if spot is not None else self.spot_of(code, line)

    def spot_of(self, code: CodeType, line: int) -> Spot:
        """The one object that stands for a line."""
        key = (id(code), line)
        spot = self._spots.get(key)
        if spot is None:
            spot = self._spots[key] = Spot(code, line)
        return spot

    def shown(self, file: str) -> str:
        """The name of a file as places give it."""
        return os.path.relpath(file, self._folder) if file.startswith(self._folder + os.sep) else file

    def files(self) -> list[str]:
        """The files that places were found in, in the order in which they were."""
        return list(dict.fromkeys(spot.code.co_filename for spot in list(self._spots.values())))

    def place(self, spot: Spot | None) -> Place | None:
        """The spot with its text, the file's name relative to the folder that the run began in, where it lies below it."""
        if spot is None:
            return None
        known = self._known.get(spot)
        if known is None:
            if len(self._known) > 4096:
                self._known.clear()
            file = spot.code.co_filename
            # A call over several lines is shown from its first to its last.
            text = statement(file, spot.line)
            shown = self.shown(file)
            function = "" if spot.code.co_name.startswith("<") else spot.code.co_qualname
            known = self._known[spot] = (shown, spot.line, text, function)
        return known


_STATEMENTS: dict[str, dict[int, tuple[int, int]]] = {}


def statement(file: str, line: int) -> str:
    """The text of the simple statement that the line belongs to, without the indentation; "" where the source is gone."""
    lines = linecache.getlines(file)
    if not 0 < line <= len(lines):
        return ""
    first, last = _span(file, lines, line)
    if last - first > 12:
        return lines[line - 1].strip()
    text = [one.rstrip("\r\n") for one in lines[first - 1 : last]]
    indent = min((len(one) - len(one.lstrip()) for one in text if one.strip()), default=0)
    return "\n".join(one[indent:].rstrip() for one in text)


def _span(file: str, lines: list[str], line: int) -> tuple[int, int]:
    """First and last line of the simple statement around a line."""
    spans = _STATEMENTS.get(file)
    if spans is None:
        if len(_STATEMENTS) > 64:
            _STATEMENTS.clear()
        spans = _STATEMENTS[file] = {}
        try:
            tree = ast.parse("".join(lines))
        except (SyntaxError, ValueError, RecursionError):
            return line, line
        for node in ast.walk(tree):
            if isinstance(node, ast.stmt) and not hasattr(node, "body"):
                span = (node.lineno, node.end_lineno or node.lineno)
                for number in range(span[0], span[1] + 1):
                    spans.setdefault(number, span)
    return spans.get(line, (line, line))


def assigned_name(text: str) -> str:
    """The name on the left of an assignment: "optimizer" of `optimizer = Adam(…)`, "opt_g" of `self.opt_g = …`; else ""."""
    try:
        (node,) = ast.parse(text).body
    except (SyntaxError, ValueError):  # no statement, or several on one line
        return ""
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return _last_name(targets[0]) if len(targets) == 1 else ""


def receiver(text: str, method: str) -> str:
    """What a method is called on, or, if that is a call or a sum, the first name in it: "loss" of `(loss / 4).backward()`."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return ""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == method:
            owner = node.func.value
            if isinstance(owner, ast.Call):
                owner = owner.args[0] if owner.args else owner.func
            elif isinstance(owner, ast.BinOp):
                owner = owner.left
            return _last_name(owner)
    return ""


def _last_name(node: ast.AST) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Subscript):
        return _last_name(node.value)
    return ""
