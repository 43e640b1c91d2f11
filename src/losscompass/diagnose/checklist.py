from collections.abc import Sequence

from ..evidence.run import Run
from .diagnosis import ChecklistItem, Found, NotChecked


def checklist(
    run: Run, found: Sequence[Found], clear: Sequence[str], not_checked: Sequence[NotChecked]
) -> tuple[ChecklistItem, ...]:
    return ()
