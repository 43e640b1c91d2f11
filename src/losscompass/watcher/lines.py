"""Which line of the user's code made which node of the graph: the lines are noted as they run, from a forward to its backward.

Every node has a number, and torch tells the next one. A line trace of the user's own code alone notes (next number, line),
so that the line of any node is found by bisection. Nothing of ours stands on the stack, no function of torch knows of it,
and it runs on X-ray steps only. A debugger's trace is left alone, and then no lines are known.
"""

import ast
import inspect
import re
import sys
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator
from types import CodeType, FrameType
from typing import Any, Final

from .places import Places, Spot, assigned_name
from .xray import key

_MOST: Final = 50_000
"""Lines that are noted at the most in one look."""

_CUTTING: Final = re.compile(
    r"\.detach_?\(|\.data\b|\.item\(|\.numpy\(|\.tolist\(|no_grad|inference_mode|set_grad_enabled|\btorch\.tensor\("
)
"""What a line holds that cuts a graph."""


_ABOVE: Final = 6
"""Lines above a function that may change it."""

_RESHAPING: Final = re.compile(r"\.view(_as)?\(|reshape(_as)?\(|\.unflatten\(|\.flatten\(")
"""What a line holds that changes a shape."""

_DRAWING: Final = re.compile(r"\.sample\(\s*([)(\[]|torch\.Size)")
"""A draw from a distribution that leaves no gradient: of nothing, or of a shape."""

_DETACHING: Final = re.compile(r"\.detach_?\(|\.data\b")
_DETACHED: Final = re.compile(r"\.log_prob\([^()]*(\([^()]*\))?[^()]*\)(\.\w+\([^()]*\))*\.(detach\(|data\b|item\()")
"""A logarithm of a probability that is detached at once."""


def release(frame: FrameType) -> None:
    """Let go of what a frame's locals were when they were last looked at: until Python 3.13 it keeps a copy of them."""
    if frame.f_code.co_flags & inspect.CO_OPTIMIZED and sys.version_info < (3, 13):
        frame.f_locals.clear()


class Lines:
    """The lines of one look."""

    def __init__(self, torch: Any, places: Places) -> None:
        self._places = places
        self._next: Callable[[], int] = torch._C._autograd._get_sequence_nr
        self._numbers: list[int] = []
        self._spots: list[Spot] = []
        self._ran: list[Spot] = []  # every line as often as it ran
        self._framed: list[FrameType] = []
        self._tracing: Any = None

    def begin(self, depth: int) -> None:
        """Note lines from now on. A look that notes already, or a debugger that traces, is left as it is."""
        if self._tracing is not None or sys.gettrace() is not None:
            return
        frame = self._places.frame(depth + 1)
        if frame is None:
            return
        self._note(frame, ran=True)
        outer: FrameType | None = frame
        while outer is not None:
            if outer.f_trace is None and self._places.owns(outer.f_code):
                outer.f_trace = self._line
                self._framed.append(outer)
            outer = outer.f_back
        self._tracing = self._call
        sys.settrace(self._tracing)

    def end(self) -> None:
        """Note no more; what was noted stays known."""
        if self._tracing is None:
            return
        if sys.gettrace() is self._tracing:
            sys.settrace(None)
        for frame in self._framed:
            frame.f_trace = None
            release(frame)
        self._framed.clear()
        self._tracing = None

    def forget(self) -> None:
        """The look is over."""
        self.end()
        self._numbers.clear()
        self._spots.clear()
        self._ran.clear()

    def of(self, node: Any) -> Spot | None:
        """The user's line that made a node, if it was noted."""
        at = bisect_right(self._numbers, key(node)) - 1
        return self._spots[at] if at >= 0 else None

    def cut(self) -> Spot | None:
        """The last line that ran and holds something that cuts a graph, else what stands above a function that ran and does so."""
        cutting = next((spot for spot in reversed(self._ran) if _CUTTING.search(self._text(spot))), None)
        return cutting or next(filter(None, map(self._decorated, {spot.code: None for spot in self._ran})), None)

    def _decorated(self, code: CodeType) -> Spot | None:
        """The line above a function by which all of it runs without gradients."""
        for line in range(code.co_firstlineno, code.co_firstlineno + _ABOVE):
            spot = self._places.spot_of(code, line)
            text = self._text(spot)
            if not text.startswith("@"):
                break
            if _CUTTING.search(text):
                return spot
        return None

    def reshapes(self, spot: Spot) -> bool:
        """Whether a line changes a shape by its text."""
        return _RESHAPING.search(self._text(spot)) is not None

    def reshaped(self) -> Spot | None:
        """The last line that ran and changes a shape."""
        return next((spot for spot in reversed(self._ran) if self.reshapes(spot)), None)

    def new_leaf(self) -> Spot | None:
        """The last line that ran and makes a tensor ask for a gradient of its own, else the last that cuts."""
        return next((spot for spot in reversed(self._ran) if "requires_grad" in self._text(spot)), None) or self.cut()

    def terms(self, spot: Spot | None, at: int) -> set[str]:
        """The names that stand on one side of a sum (`at`: 0 the left, 1 the right one) in the line where terms are added."""
        try:
            tree = None if spot is None else ast.parse(self._text(spot))
        except (SyntaxError, ValueError):
            return set()
        sums = [one for one in ast.walk(tree) if isinstance(one, ast.BinOp)] if tree is not None else []
        terms = [one.right if at else one.left for one in sums if isinstance(one.op, ast.Add | ast.Sub)]
        return {one.id for one in terms if isinstance(one, ast.Name)}

    def makes(self, names: set[str]) -> Spot | None:
        """The last line that ran and gives one of the names its value."""
        return next((spot for spot in reversed(self._ran) if assigned_name(self._text(spot)) in names), None)

    def cut_term(self, spot: Spot | None, at: int) -> Spot | None:
        """The line that makes a term of a sum, if it cuts."""
        names = self.terms(spot, at)
        for one in reversed(self._ran):
            text = self._text(one)
            if _DETACHING.search(text) and assigned_name(text) in names:
                return one
        return None

    def lost_probability(self) -> Spot | None:
        """The line that detaches the logarithm of a probability, where no line takes one with its history."""
        lines = {spot: text for spot in set(self._ran) if ".log_prob(" in (text := self._text(spot))}
        cut = [spot for spot, text in lines.items() if _DETACHED.search(text)]
        return cut[0] if cut and len(cut) == len(lines) else None

    def repeated_cut(self) -> tuple[Spot | None, int]:
        """The line that detached most often, and how often it ran."""
        cuts = Counter(spot for spot in self._ran if _DETACHING.search(self._text(spot)))
        return cuts.most_common(1)[0] if cuts else (None, 0)

    def drawn(self) -> Spot | None:
        """The last line that ran and draws from a distribution without a gradient."""
        return next((spot for spot in reversed(self._ran) if _DRAWING.search(self._text(spot))), None)

    def holds(self, spot: Spot, text: str) -> bool:
        """Whether a line holds a text."""
        return text in self._text(spot)

    def __iter__(self) -> Iterator[Spot]:
        return iter(self._spots)

    def _text(self, spot: Spot) -> str:
        place = self._places.place(spot)
        return "" if place is None else place[2]

    # -- the trace: it must raise nothing, and is asked for every function that is called ------------------------------------------

    def _call(self, frame: FrameType, _: str, __: Any) -> Any:
        try:
            if self._places.owns(frame.f_code):
                self._note(frame)
                self._framed.append(frame)
                return self._line
        except Exception:  # noqa: BLE001 - it would reach the user's code
            sys.settrace(None)
        return None

    def _line(self, frame: FrameType, event: str, _: Any) -> Any:
        try:
            if event == "line":
                self._note(frame, ran=True)
            elif event == "return":
                if frame in self._framed:  # it is over: nothing of it may live on here
                    self._framed.remove(frame)
                caller = frame.f_back
                while caller is not None and not self._places.owns(caller.f_code):
                    caller = caller.f_back
                if caller is not None:
                    self._note(caller)
        except Exception:  # noqa: BLE001 - see above
            sys.settrace(None)
        return self._line

    def _note(self, frame: FrameType, *, ran: bool = False) -> None:
        number = self._next()
        spot = self._places.spot_of(frame.f_code, frame.f_lineno)
        if ran and len(self._ran) < _MOST:
            self._ran.append(spot)
        if self._numbers and self._numbers[-1] == number:
            self._spots[-1] = spot  # the line before made no node
        elif len(self._numbers) < _MOST:
            self._numbers.append(number)
            self._spots.append(spot)
