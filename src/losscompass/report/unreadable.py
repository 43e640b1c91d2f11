"""One sentence for a path that gave no run."""

from ..evidence.gathered import Unreadable
from ..text.catalogue import Catalogue
from .plain import plain


def sentence(unreadable: Unreadable, catalogue: Catalogue) -> str:
    """The path and the reason, as plain text."""
    values = {key: plain(value) if isinstance(value, str) else value for key, value in unreadable.values.items()}
    reason = catalogue.ui(f"unreadable.{unreadable.reason}", **values)
    return f"{plain(unreadable.source)}: {reason}"
