"""Functions of torch that are followed by a look of ours, and put back as they were.

The function that stands in calls the original with what it was given and returns or raises what that does. A look that
fails is switched off and told of; the user's call never notices.
"""

import functools
from collections.abc import Callable
from types import CodeType, FunctionType
from typing import Any

from .places import WRAPPER

Look = Callable[..., None]


def leave(error: BaseException) -> None:
    """Take the frame that stands in, the first of the trace, out of it: a bare `raise` does not put it back."""
    if error.__traceback__ is not None:
        error.__traceback__ = error.__traceback__.tb_next


def _following(original: Callable[..., Any], look: Look, compiling: Callable[[], bool]) -> Callable[..., Any]:
    def following(*args: Any, **kwargs: Any) -> Any:
        if compiling():
            return original(*args, **kwargs)
        try:
            result = original(*args, **kwargs)
        except BaseException as error:
            leave(error)
            raise
        look(args, kwargs, result)
        return result

    return following


def _around(
    original: Callable[..., Any], before: Look, after: Look, compiling: Callable[[], bool]
) -> Callable[..., Any]:
    def around(*args: Any, **kwargs: Any) -> Any:
        if compiling():
            return original(*args, **kwargs)
        before(args, kwargs)
        try:
            result = original(*args, **kwargs)
        except BaseException as error:
            leave(error)
            raise
        after(args, kwargs, result)
        return result

    return around


def disguised(function: Callable[..., Any], original: Callable[..., Any]) -> Callable[..., Any]:
    """The function under the name of the original, unseen by `warnings`; `torch.jit.script` is given the original."""
    assert isinstance(function, FunctionType)
    code: CodeType = function.__code__.replace(co_filename=WRAPPER)
    made = FunctionType(code, function.__globals__, function.__name__, function.__defaults__, function.__closure__)
    wrapped = functools.update_wrapper(made, original)
    wrapped.__prepare_scriptable__ = lambda: original  # type: ignore[attr-defined]
    wrapped.__losscompass__ = True  # type: ignore[attr-defined]
    return wrapped


class Patches:
    """What was put in place of what, so that all of it can be undone."""

    def __init__(self, compiling: Callable[[], bool]) -> None:
        self._compiling = compiling
        self._undo: list[tuple[Any, str, Any, Any]] = []

    def follow(self, owner: Any, name: str, look: Look) -> bool:
        """After each call of `owner.name`, `look(args, kwargs, result)`. False where there is no such function."""
        return self._put(owner, name, lambda original: _following(original, look, self._compiling))

    def surround(self, owner: Any, name: str, before: Look, after: Look) -> bool:
        """Before each call `before(args, kwargs)`, after one that did not raise `after(args, kwargs, result)`."""
        return self._put(owner, name, lambda original: _around(original, before, after, self._compiling))

    def _put(self, owner: Any, name: str, make: Callable[[Callable[..., Any]], Callable[..., Any]]) -> bool:
        raw = vars(owner).get(name)  # of a class its own, not an inherited one
        original = raw.__func__ if isinstance(raw, staticmethod) else raw
        if not callable(original) or getattr(original, "__losscompass__", False):
            return False
        made: Any = disguised(make(original), original)
        if isinstance(raw, staticmethod):
            made = staticmethod(made)
        setattr(owner, name, made)
        self._undo.append((owner, name, raw, made))
        return True

    def undo(self) -> None:
        """Put everything back that nobody else has replaced since."""
        for owner, name, raw, made in reversed(self._undo):
            if vars(owner).get(name) is made:
                setattr(owner, name, raw)
        self._undo.clear()
