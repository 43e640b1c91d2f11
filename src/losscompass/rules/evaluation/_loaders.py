"""What the loaders of a program are called."""

from ...evidence.run import Run
from ..seen import count, place
from ..source import Program


def batches_of_loaders(read: Program, run: Run) -> dict[str, int]:
    """How many batches the loaders have, by their names."""
    found: dict[str, int] = {}
    for one in run.happened("loader"):
        where = place(one, "at")
        file = None if where is None else read.file(where.file)
        if where is None or file is None:
            continue
        for definition in file.flow.definitions.values():
            if definition.kind == "assign" and definition.line <= where.line <= getattr(
                definition.node, "end_lineno", 0
            ):
                found[definition.name] = count(one, "batches")
    return found
