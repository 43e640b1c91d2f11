"""Several runs beside each other: ranked where they can be compared, else the reason why not."""

from collections.abc import Sequence
from itertools import takewhile

from rich.text import Text

from ..diagnose.diagnosis import Diagnosis, RunDiagnosis
from ..text.catalogue import Catalogue
from ..text.wrap import cells, fold, pad
from . import verdict as say
from .figures import best_of
from .plain import plain

ROWS = 50
NAME = 14
"""Cells that a run's name needs beside its figures."""

RANKED = ("rank", "verdict", "best", "last", "run")
SIDE_BY_SIDE = ("verdict", "curve", "best", "last", "run")
"""Without a common scale, each run's figures are those of its own curve."""


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
    said = catalogue.ui("compare.ranked", count=count, on=plain(comparison.on))
    left_out = count - len(comparison.ranked)
    return said + catalogue.ui("compare.left-out", count=left_out) if left_out else said


def rows(diagnosis: Diagnosis, catalogue: Catalogue) -> tuple[list[str], list[list[str]]]:
    """The table's head and a row a run, best first; runs without a rank behind, as they come. The run's name is last."""
    comparison = diagnosis.comparison
    ranked = comparison.ranked if comparison else ()
    on = comparison.on if comparison and ranked else ""
    rest = [index for index in range(len(diagnosis.runs)) if index not in set(ranked)]
    folder = common_folder(diagnosis)
    table = []
    for rank, index in enumerate([*ranked, *rest], 1):
        one = diagnosis.runs[index]
        label, name = say.headline(one, catalogue)[0], plain(say.name(one)).removeprefix(folder)
        if not on:
            table.append([label, plain(one.reading.curve or "-"), *_figures(one, one.reading.curve, catalogue), name])
        elif index in ranked:
            table.append([str(rank), label, *_figures(one, on, catalogue), name])
        else:
            table.append(["-", label, "-", "-", name])
    return [catalogue.ui(f"column.{column}") for column in (RANKED if on else SIDE_BY_SIDE)], table


def common_folder(diagnosis: Diagnosis) -> str:
    """The folder that all the runs are in, with its last slash; empty where there is none worth naming."""
    sources = {plain(one.run.source) for one in diagnosis.runs}
    levels = zip(*(source.split("/")[:-1] for source in sources), strict=False)
    folder = "".join(f"{names[0]}/" for names in takewhile(lambda names: len(set(names)) == 1, levels))
    return folder if len(sources) > 1 and len(folder) > 1 else ""


def table(diagnosis: Diagnosis, catalogue: Catalogue, width: int) -> list[Text]:
    """The heading and the rows, in lines of at most `width` cells. Long names are folded, in narrow tables beneath."""
    head, body = rows(diagnosis, catalogue)
    shown = [head, *body[:ROWS]]
    widths = [max(cells(row[column]) for row in shown) for column in range(len(head) - 1)]
    widths[:2] = [min(w, max(8, width // 3)) for w in widths[:2]]
    room = width - sum(widths) - 2 * len(widths)
    lines = [Text(line, "bold") for line in fold(plain(heading(diagnosis, catalogue)), width)]
    if folder := common_folder(diagnosis):
        lines += [Text(line, "dim") for line in fold(catalogue.ui("compare.folder", folder=folder), width)]
    for number, row in enumerate(shown):
        lines += [Text(line, "dim" if number == 0 else "") for line in _lines(row, widths, room, width)]
    if len(body) > ROWS:
        lines.append(Text(catalogue.ui("compare.more", count=len(body) - ROWS), "dim"))
    return lines


def _lines(row: Sequence[str], widths: Sequence[int], room: int, width: int) -> list[str]:
    *figures, name = (plain(cell) for cell in row)
    folded = [fold(cell, w) for cell, w in zip(figures, widths, strict=True)]
    beneath = [] if room >= NAME else fold(name, width - 2)
    folded.append([""] if beneath else fold(name, room))
    lines = []
    for part in range(max(map(len, folded))):
        parts = [column[part] if part < len(column) else "" for column in folded]
        lines.append("  ".join(pad(cell, w) for cell, w in zip(parts, [*widths, 0], strict=True)).rstrip())
    return lines + ["  " + line for line in beneath]


def _figures(one: RunDiagnosis, name: str | None, catalogue: Catalogue) -> tuple[str, str]:
    """The best and the last value of a curve."""
    series = one.run.series.get(name or "")
    if series is None or not len(series):
        return "-", "-"
    best = best_of(series)
    return "-" if best is None else catalogue.number(best[0]), catalogue.number(float(series.value[-1]))
