"""The verdict on a terminal: what matters first, calm where nothing is wrong, nothing cut off."""

import io
from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from ..diagnose.diagnosis import Diagnosis, Found, RunDiagnosis
from ..evidence.run import Series
from ..text.catalogue import Catalogue
from ..text.wrap import cells, fold, pad
from . import code, exhibits
from . import verdict as say
from .dataset import is_audit
from .figures import first_best_last
from .judgement import TYPEWRITER as GAUGE_TYPEWRITER
from .judgement import gauge, heading, taken
from .picture import pictures
from .plain import plain
from .ranking import table
from .unreadable import sentence

FULL_RUNS = 3
"""So many runs are shown in full; of more, each in short, and all of them in a table."""

SHORT_RUNS = 10
REMEDIES = 4
WISHES = 3
TABLE_ROWS = 4

DIFFERENCE = {"-": "red", "+": "green", "": ""}
STYLE = {"critical": "bold red", "warning": "bold yellow", "note": "cyan", "good": "bold green"}
MARK = {"critical": "✖", "warning": "▲", "note": "●", "good": "✔"}
TYPEWRITER = str.maketrans({"→": "->", "“": '"', "”": '"', "×": "x", "–": "-", "…": "...", "▲": "^"})
"""For screens that have not even braille, these neither."""

PLAIN_MARK = {"critical": "x", "warning": "!", "note": "-", "good": "o"}


def render(
    diagnosis: Diagnosis,
    catalogue: Catalogue,
    *,
    width: int = 80,
    colour: bool = False,
    braille: bool = True,
    verbose: bool = False,
) -> str:
    """The diagnosis as lines of at most `width` cells. `braille`: whether the screen's encoding has such letters."""
    page = _Page(catalogue, width, braille, verbose)
    several = len(diagnosis.runs) > 1
    if several:
        page.lines(table(diagnosis, catalogue, width))
    for place, one in enumerate(diagnosis.runs):
        if verbose or len(diagnosis.runs) <= FULL_RUNS:
            page.run(one)
        elif place < SHORT_RUNS:
            page.run_in_short(one)
    if several and not verbose and len(diagnosis.runs) > FULL_RUNS:
        page.paragraph(catalogue.ui("read.in-full"), style="dim")
    page.inputs(diagnosis)
    return page.text(colour)


class _Page:
    """Lines of styled text, in the order they are shown."""

    def __init__(self, catalogue: Catalogue, width: int, braille: bool, verbose: bool) -> None:
        self._words = catalogue
        self._width = width
        self._braille = braille
        self._verbose = verbose
        self._mark = MARK if braille else PLAIN_MARK
        self._lines: list[Text] = []

    def text(self, colour: bool) -> str:
        """All lines, with escape codes only if `colour`."""
        out = io.StringIO()
        console = Console(
            file=out,
            width=self._width + 1,
            color_system="standard" if colour else None,
            force_terminal=colour,
            no_color=not colour,
            legacy_windows=False,
            markup=False,
            highlight=False,
            emoji=False,
            _environ={},
        )
        for line in self._lines:
            line.rstrip()
            console.print(line, no_wrap=True, overflow="ignore", crop=False, soft_wrap=True)
        text = out.getvalue().strip("\n") + "\n"
        return text if self._braille else text.translate(TYPEWRITER)

    def lines(self, lines: Sequence[Text]) -> None:
        self._lines += lines

    def blank(self) -> None:
        if self._lines and self._lines[-1].plain:
            self._lines.append(Text(""))

    def paragraph(self, text: str, *, first: str = "", indent: int = 0, style: str = "", first_style: str = "") -> None:
        """Wrapped text. `first` hangs before it."""
        hang = indent + cells(first)
        for number, line in enumerate(fold(plain(text), self._width - hang)):
            head = Text(" " * indent).append(first, first_style) if number == 0 else Text(" " * hang)
            self._lines.append(head.append(line, style))

    def heading(self, key: str) -> None:
        self.blank()
        self.paragraph(self._words.ui(key), style="bold")

    # -- a run -------------------------------------------------------------------------------------------------------

    def run(self, one: RunDiagnosis) -> None:
        """Everything that is to be said of a run; of a healthy one, little."""
        self.blank()
        self.opening(one)
        self.curves(one)
        self.judgement(one)
        self.findings(one)
        self.remedies(one)
        self.forecast(one)
        self.suspicions(one)
        self.gaps(one)

    def run_in_short(self, one: RunDiagnosis) -> None:
        self.blank()
        self.opening(one)
        for found in one.found:
            self.finding_line(found, one)

    def opening(self, one: RunDiagnosis) -> None:
        self.paragraph(say.name(one), style="dim")
        kind = say.tone(one)
        title, confidence = say.headline(one, self._words)
        sure = "" if confidence is None else f"  ({say.sureness(confidence, self._words)})"
        self.paragraph(title, first=self._mark[kind] + " ", first_style=STYLE[kind], style="bold")
        if cells(self._lines[-1].plain) + cells(sure) <= self._width:
            self._lines[-1].append(sure, "dim")
        else:
            self.paragraph(sure.strip(), indent=2, style="dim")
        for text in (
            say.by_itself(one, self._words),
            say.verdict(one, self._words),
            say.beside(one.reading, self._words),
            say.next_step(one, self._words),
        ):
            if text:
                self.paragraph(text, indent=2)

    def curves(self, one: RunDiagnosis) -> None:
        """The headline curves: numbers, then the picture with the onset marked beneath."""
        shown = say.headlines(one.run)
        if not shown:
            return
        self.blank()
        self.numbers(shown)
        for axis in dict.fromkeys(series.axis for series in shown):
            self.blank()
            self._lines += pictures(
                [series for series in shown if series.axis == axis],
                one.reading,
                self._words,
                width=self._width,
                braille=self._braille,
                mark_style=STYLE[say.tone(one)],
            )

    def numbers(self, shown: Sequence[Series]) -> None:
        """First, best and last value of each curve, and where the best was."""
        rows = [("", *(self._words.ui(f"column.{name}") for name in ("first", "best", "last")))]
        rows += [(plain(series.name), *first_best_last(series, self._words)) for series in shown]
        widths = [max(cells(row[column]) for row in rows) for column in range(4)]
        room = self._width - 2 - sum(widths[1:]) - 3 * 3
        name_width = max(8, min(widths[0], room))
        for number, (label, *values) in enumerate(rows):
            style = "dim" if number == 0 else ""
            head, *more = fold(label, name_width)
            figures = "".join("   " + pad(value, width) for value, width in zip(values, widths[1:], strict=True))
            self._lines.append(Text("  " + pad(head, name_width) + figures, style))
            self._lines += [Text("  " + line, style) for line in more]

    def judgement(self, one: RunDiagnosis) -> None:
        """Where the last loss stands between the start, the best constant guess and the floor."""
        if one.judgement is None:
            return
        self.blank()
        self.paragraph(heading(one.judgement, self._words), style="bold")
        lines = gauge(one.judgement, self._words, self._width)
        self._lines += [Text(line if self._braille else line.translate(GAUGE_TYPEWRITER)) for line in lines]
        for line in taken(one.judgement, self._words):
            self.paragraph(line, first="- ", indent=2, style="dim")

    # -- findings and what follows from them ---------------------------------------------------------------------------

    def findings(self, one: RunDiagnosis) -> None:
        if not one.found:
            return
        self.heading("heading.found")
        for found in one.found:
            self.finding_line(found, one)
            if say.tone(one) == "good" and not self._verbose and not is_audit(one):
                continue
            self.paragraph(say.message(found, one, self._words), indent=4)
            self.code(found)
            self.tables(found)
            if found.explained_by:
                causes = self._words.ui("list.comma").join(self._words.title(cause) for cause in found.explained_by)
                self.paragraph(self._words.ui("found.because", causes=causes), indent=4, style="dim")

    def code(self, found: Found) -> None:
        """The user's own line, and what it should be."""
        at = code.where(found)
        if not at:
            return
        self.paragraph(at, indent=4, style="bold")
        elsewhere = code.changed_elsewhere(found)
        if elsewhere:
            for line in found.code.splitlines():
                self.code_line("", line)
            self.paragraph(elsewhere, indent=4, style="bold")
        for mark, line in code.lines(found):
            self.code_line(mark, line)

    def code_line(self, mark: str, line: str) -> None:
        """A line of code, its indentation kept, folded where it is too long."""
        inner = line.lstrip()
        first = (mark or " ") + " " * (1 + min(len(line) - len(inner), self._width // 3))
        self.paragraph(inner, first=first, indent=6, style=DIFFERENCE[mark], first_style=DIFFERENCE[mark])

    def tables(self, found: Found) -> None:
        """The rows that a finding shows."""
        for exhibit in exhibits.tables(found):
            most = len(exhibit.rows) if self._verbose else TABLE_ROWS
            for number, line in enumerate(exhibits.lines(exhibit, self._words, self._width - 6, most)):
                self._lines.append(Text("      " + line, "dim" if number == 0 else ""))

    def finding_line(self, found: Found, one: RunDiagnosis) -> None:
        severity = str(found.severity)
        title, tail = self._words.title(found.id), say.gravity(found, one, self._words)
        self.paragraph(f"{title}  ({tail})", first=f"{self._mark[severity]} ", indent=2, first_style=STYLE[severity])

    def remedies(self, one: RunDiagnosis) -> None:
        if not one.prescriptions:
            return
        self.heading("heading.remedies")
        count = len(one.prescriptions) if self._verbose else REMEDIES
        for number, prescription in enumerate(one.prescriptions[:count], 1):
            self.paragraph(say.advice(prescription, one, self._words), first=f"{number}. ", indent=2)
        rest = len(one.prescriptions) - count
        ids = [found.id for found in one.found]
        if rest > 0:
            self.paragraph(self._words.ui("remedies.more", count=rest), indent=2, style="dim")
        if ids:
            self.paragraph(self._words.ui("remedies.explain", id=ids[0]), indent=2, style="dim")

    def forecast(self, one: RunDiagnosis) -> None:
        forecasts = sorted(
            one.forecasts, key=lambda forecast: forecast.series != one.reading.curve
        )  # the verdict's first
        lines = [say.outlook(forecast, self._words) for forecast in forecasts if len(forecast.at)]
        if lines:
            self.heading("heading.forecast")
            for line in lines if self._verbose else lines[:2]:
                self.paragraph(line, indent=2)

    def suspicions(self, one: RunDiagnosis) -> None:
        if one.likely:
            self.heading("heading.likely")
            for likely in one.likely if self._verbose else one.likely[:WISHES]:
                self.paragraph(say.suspicion(likely, self._words), first="- ", indent=2)
            self.paragraph(self._words.ui("likely.basis"), indent=2, style="dim")

    def gaps(self, one: RunDiagnosis) -> None:
        """What was not looked at and what to log, what a rule of ours broke on, what of the log was not used."""
        wishes = say.wishes(one, self._words)
        if wishes and say.tone(one) == "good" and not self._verbose:
            whats = [what for what, _ in say.wanted(one, self._words)]
            listed = self._words.ui("list.semicolon").join(whats[:WISHES])
            self.blank()
            key = "dataset.calm" if is_audit(one) else "not-checked.calm"
            self.paragraph(self._words.ui(key, count=len(one.not_checked), listed=listed), style="dim")
        elif wishes:
            self.heading("heading.not-checked")
            for wish in wishes if self._verbose else wishes[:WISHES]:
                self.paragraph(wish, first="- ", indent=2)
            if not self._verbose and len(wishes) > WISHES:
                self.paragraph(self._words.ui("not-checked.more", count=len(wishes) - WISHES), indent=2, style="dim")
        for broken in one.broken:
            self.paragraph(
                self._words.ui("broken.line", id=plain(broken.id), error=plain(broken.error)), first="! ", style="dim"
            )
        skipped = say.passed_over(one.run.skipped, self._words)
        if skipped:
            self.heading("heading.skipped")
            for line in skipped:
                self.paragraph(line, first="- ", indent=2)

    def inputs(self, diagnosis: Diagnosis) -> None:
        """Paths that gave no run, and files that were passed over."""
        if diagnosis.unreadable:
            if diagnosis.runs:
                self.heading("heading.unreadable")
            for unreadable in diagnosis.unreadable:
                self.paragraph(sentence(unreadable, self._words), first="- " if diagnosis.runs else "")
        skipped = say.passed_over(diagnosis.skipped, self._words)
        if skipped:
            self.heading("heading.skipped-files")
            for line in skipped:
                self.paragraph(line, first="- ", indent=2)
