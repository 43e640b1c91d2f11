"""Several runs beside each other: ranked where they can be compared, else the reason why not."""

from rich.text import Text

from ..diagnose.diagnosis import Diagnosis, RunDiagnosis
from ..text.catalogue import Catalogue
from ..text.wrap import cells, fold, pad
from . import verdict as say
from .plain import plain

ROWS = 50
NAME = 20
"""Cells that a run's name needs beside its figures."""

COLUMNS = ("rank", "verdict", "best", "last", "run")


def ordered(diagnosis: Diagnosis) -> list[tuple[int | None, RunDiagnosis]]:
    """The runs with their rank, best first; those without a rank behind, as they come."""
    ranked = diagnosis.comparison.ranked if diagnosis.comparison else ()
    rest = [index for index in range(len(diagnosis.runs)) if index not in set(ranked)]
    ranks: list[tuple[int | None, RunDiagnosis]] = [(n, diagnosis.runs[i]) for n, i in enumerate(ranked, 1)]
    return ranks + [(None, diagnosis.runs[i]) for i in rest]


def heading(diagnosis: Diagnosis, catalogue: Catalogue) -> str:
    """What the table says: on which series the runs are ranked, or why they are not."""
    comparison = diagnosis.comparison
    count = len(diagnosis.runs)
    if comparison is None:
        return catalogue.ui("compare.runs", count=count)
    values = say.safe(comparison.values)
    if comparison.refused:
        reason = catalogue.ui(f"incomparable.{comparison.refused}", **values)
        return catalogue.ui("compare.refused", count=count, reason=reason)
    return catalogue.ui("compare.ranked", count=count, on=plain(comparison.on))


def table(diagnosis: Diagnosis, catalogue: Catalogue, width: int) -> list[Text]:
    """The heading and a row a run, in lines of at most `width` cells. Long names are folded, in narrow tables beneath."""
    rows = [tuple(catalogue.ui(f"column.{name}") for name in COLUMNS)]
    runs = ordered(diagnosis)
    rows += [row(rank, one, catalogue) for rank, one in runs[:ROWS]]
    widths = [max(cells(row[column]) for row in rows) for column in range(len(COLUMNS) - 1)]
    widths[1] = min(widths[1], max(8, width // 3))
    room = width - sum(widths) - 2 * len(widths)
    lines = [Text(line, "bold") for line in fold(plain(heading(diagnosis, catalogue)), width)]
    for number, (*figures, name) in enumerate(rows):
        style = "dim" if number == 0 else ""
        beneath = [] if room >= NAME else fold(plain(name), width - 2)
        folded = [fold(plain(cell), w) for cell, w in zip(figures, widths, strict=True)]
        folded.append([""] if beneath else fold(plain(name), room))
        for part in range(max(map(len, folded))):
            parts = [column[part] if part < len(column) else "" for column in folded]
            text = "  ".join(pad(cell, w) for cell, w in zip(parts, [*widths, 0], strict=True))
            lines.append(Text(text.rstrip(), style))
        lines += [Text("  " + line, style) for line in beneath]
    if len(runs) > ROWS:
        lines.append(Text(catalogue.ui("compare.more", count=len(runs) - ROWS), "dim"))
    return lines


def row(rank: int | None, one: RunDiagnosis, catalogue: Catalogue) -> tuple[str, ...]:
    """The cells of a run, by `COLUMNS`."""
    reading = one.reading
    best, last = ("-" if x is None else catalogue.number(x) for x in (reading.best, reading.last))
    return ("-" if rank is None else str(rank), say.label(reading, catalogue), best, last, say.name(one))
