from collections.abc import Sequence

from .diagnosis import Found, Likely


def likely(found: Sequence[Found]) -> tuple[Likely, ...]:
    return ()
