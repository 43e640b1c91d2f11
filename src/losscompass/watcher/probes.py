"""Looks that may fail: a fault of ours is told of and switches that look off; the user's training never notices."""

import threading
from collections.abc import Callable
from typing import Any

from .places import is_own_code


class Probes:
    """Guards every look of a session. `end` switches all of them off: in a forked child, and when the session is over."""

    def __init__(self, tell: Callable[[str, str], None], torch: Any) -> None:
        self.off = False
        self.ended = False
        self.broken: set[str] = set()
        self._tell = tell
        # Modes and kinds of tensors of the user's own must not see what a look does.
        self._unseen = torch._C.DisableTorchFunction
        self._dispatching = torch._C._len_torch_dispatch_stack
        self._thread: int | None = None

    def end(self) -> None:
        """No look looks any more."""
        self.off = self.ended = True

    def settle(self) -> None:
        """The thread that calls is the one that trains: others are not looked at from now on."""
        if self._thread is None:
            self._thread = threading.get_ident()

    def guard(self, name: str, look: Callable[..., None]) -> Callable[..., None]:
        """The look, made harmless. A look does not look at what it does itself (`_inside`)."""
        broken = self.broken
        here = threading.get_ident
        unseen, dispatching = self._unseen, self._dispatching

        def guarded(*args: Any) -> None:
            if self.off or name in broken or dispatching() or (self._thread is not None and here() != self._thread):
                return
            self.off = True  # a look does not look at what it does itself
            try:
                with unseen():
                    look(*args)
            except Exception as error:
                if _is_users(error):
                    raise
                broken.add(name)
                self._report(name, error)
            finally:
                self.off = self.ended

        return guarded

    def within(self, name: str, look: Callable[[], None]) -> None:
        """A part of a look that may fail by itself: it is switched off alone."""
        if name in self.broken:
            return
        try:
            look()
        except Exception as error:
            if _is_users(error):
                raise
            self.broken.add(name)
            self._report(name, error)

    def _report(self, name: str, error: Exception) -> None:
        try:
            self._tell(name, f"{type(error).__name__}: {error}"[:300])
        except Exception:  # noqa: BLE001 - there is nobody left to tell
            self.end()


def _is_users(error: Exception) -> bool:
    """Whether it came from the user's code: a signal handler of theirs may raise while we look."""
    trace = error.__traceback__
    innermost = None
    while trace is not None:
        innermost, trace = trace.tb_frame.f_code, trace.tb_next
    return innermost is not None and is_own_code(innermost)
