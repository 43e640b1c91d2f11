"""What Python users call. The command line calls the same."""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from os import PathLike

from .diagnose.diagnosis import Diagnosis
from .diagnose.engine import Options, diagnose
from .readers.base import Progress
from .readers.discover import gather
from .report.formats import render as _render
from .text.language import choose

Paths = str | PathLike[str] | Iterable[str | PathLike[str]]


class Report(Diagnosis):
    """A `Diagnosis` that shows itself: the page in a notebook, the verdict in a Python prompt."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        return render(self, "html")

    def __str__(self) -> str:
        return render(self, "terminal")

    def __repr__(self) -> str:
        verdicts = [f"{one.run.source}: {', '.join(one.reading.labels)}" for one in self.runs[:5]]
        more = [f"… {len(self.runs) - 5} more"] if len(self.runs) > 5 else []
        unreadable = [f"{one.source}: {one.reason}" for one in self.unreadable[:5]]
        return f"<losscompass.Report of {len(self.runs)} run(s): {'; '.join(verdicts + more + unreadable)}>"


def read(paths: Paths, options: Options | None = None, *, progress: Progress | None = None) -> Report:
    """Read logs and say what their curves do.

    `paths`: a file, a folder, or several of them; a folder gives every run in it. What cannot be read is in
    `Report.unreadable`, never an exception. `progress` is called with (path, bytes done, bytes in all).
    """
    listed: Sequence[str | PathLike[str]] = [paths] if isinstance(paths, str | PathLike) else list(paths)
    gathered = gather([str(path) if isinstance(path, str) else path for path in listed], progress)  # type: ignore[misc]
    diagnosis = diagnose(gathered, options or Options())
    return Report(**{field.name: getattr(diagnosis, field.name) for field in fields(Diagnosis)})


def render(diagnosis: Diagnosis, format: str = "terminal", lang: str | None = None) -> str:  # noqa: A002
    """The diagnosis as text in one of `report.FORMATS`, in English or Japanese (default: the system's language)."""
    return _render(diagnosis, format, choose(lang))
