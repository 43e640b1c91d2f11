"""The headline curves of a run as lines of a terminal: what they are at the right, the verdict's onset beneath."""

from collections.abc import Sequence

from rich.text import Text

from ..diagnose.diagnosis import Reading
from ..evidence.records import Axis
from ..evidence.run import Series
from ..text.catalogue import Catalogue
from ..text.wrap import cells, fold
from . import verdict as say
from .plain import plain
from .sparkline import Sparkline, column_of, draw

HEIGHT = 3
NOTE = 16
"""Cells at the right for a curve's name and what is to be said of its axis."""

COLOUR = {"train": "blue", "val": "magenta", "test": "green", "none": ""}


def pictures(
    shown: Sequence[Series], reading: Reading, words: Catalogue, *, width: int, braille: bool, mark_style: str
) -> list[Text]:
    """Curves that share an axis, one under the other, with one scale of positions; nothing where there is none to draw."""
    span = min(float(s.step[0]) for s in shown), max(float(s.step[-1]) for s in shown)
    if not span[1] > span[0] or max(map(len, shown)) < 3:
        return []
    probes = [draw(s.step, s.value, span, width=1, height=1, braille=braille) for s in shown]
    figures = [words.number(x, 3) for probe in probes if probe for x in (probe.low, probe.high, probe.top)]
    if not figures:
        return []
    margin = 2 + max(map(cells, figures)) + 1
    wide = max(width - margin - 1 - NOTE, 10)
    lines: list[Text] = []
    for series in shown:
        line = draw(series.step, series.value, span, width=wide, height=HEIGHT, braille=braille)
        if line is not None:
            lines += _rows(series, line, words, margin)
    sizes = {"margin": margin, "wide": wide, "width": width}
    return [*lines, _ruler(reading, shown[0].axis, span, words, **sizes, mark_style=mark_style)]


def _rows(series: Series, line: Sparkline, words: Catalogue, margin: int) -> list[Text]:
    clipped = words.ui("curve.clipped", top=line.top) if line.top > line.high else ""
    notes = [plain(series.name), words.ui("curve.log") if line.log else "", clipped]
    labels = [words.number(line.high, 3), "", words.number(line.low, 3)]
    rows = []
    for label, row, note in zip(labels, line.rows, notes, strict=True):
        text = Text(" " * (margin - 1 - cells(label)) + label + " ", "dim")
        rows.append(text.append(row, COLOUR[str(series.role.phase)]).append(" " + fold(note, NOTE)[0], "dim"))
    if line.holes:
        crosses = "".join("×" if column in line.holes else " " for column in range(line.holes[-1] + 1))
        rows.append(Text(" " * margin).append(crosses, "red"))
    return rows


def _ruler(
    reading: Reading,
    axis: Axis,
    span: tuple[float, float],
    words: Catalogue,
    *,
    margin: int,
    wide: int,
    width: int,
    mark_style: str,
) -> Text:
    """An arrow where the verdict begins, else both ends of the axis."""
    if reading.onset is None or reading.axis != axis or not span[0] <= reading.onset <= span[1]:
        left, right = (say.place(x, axis, words) for x in span)
        return Text(" " * margin + left + " " * max(1, wide - cells(left) - cells(right)) + right, "dim")
    column = column_of(reading.onset, span, wide)
    where = say.place(reading.onset, axis, words)
    if margin + column + 2 + cells(where) <= width:
        return Text(" " * (margin + column)).append(f"▲ {where}", mark_style)
    return Text(" " * max(0, margin + column - 1 - cells(where))).append(f"{where} ▲", mark_style)
