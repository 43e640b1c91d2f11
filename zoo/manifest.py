"""The programs of the zoo: families, and the small edits that make variants of them. The form of a `.variants` file is told in README.md."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

FAMILIES = Path(__file__).parent / "families"
SPLITS = ("tune", "held-out")


class ManifestError(ValueError):
    """A `.variants` file that cannot be read, or an edit that does not fit its program."""


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace `old` by `new`. Whole lines where `lines`, else a piece of one line. `old` must be there exactly once."""

    old: str
    new: str
    lines: bool

    def apply(self, source: str) -> str:
        if not self.lines:
            if source.count(self.old) != 1:
                raise ManifestError(f"{source.count(self.old)} places have: {self.old}")
            return source.replace(self.old, self.new)
        have, old = source.split("\n"), self.old.split("\n")
        at = [i for i in range(len(have) - len(old) + 1) if have[i : i + len(old)] == old]
        if len(at) != 1:
            raise ManifestError(f"{len(at)} places have the lines:\n{self.old}")
        new = self.new.split("\n") if self.new else []
        return "\n".join([*have[: at[0]], *new, *have[at[0] + len(old) :]])


@dataclass(frozen=True, slots=True)
class Variant:
    """One entry of a `.variants` file: a healthy variation, or a fault laid on the family or on healthy variations of it."""

    kind: str  # "healthy" or "fault"
    name: str
    edits: tuple[Edit, ...]
    on: tuple[str, ...] = ()
    cause: str | None = None
    also: tuple[str, ...] = ()
    snippets: tuple[str, ...] = ()
    good: float | None = None


@dataclass(frozen=True, slots=True)
class Program:
    """A program as it is run. `lines`: every line that counts as right (empty where the cause has none), the plainest first."""

    id: str
    family: str
    split: str
    source: str = field(repr=False)
    causes: tuple[str, ...]  # empty: healthy; more than one: all are true
    lines: tuple[int, ...]
    twin: str | None  # the healthy program without the fault
    good: float  # the main metric of a healthy run is at least this good
    opened: str = ""  # the day from which a family held out was looked at for the sake of rules; empty: never

    @property
    def part(self) -> str:
        """What it is judged with: "tune", "held-out", or "opened": held out until somebody looked."""
        return "opened" if self.opened else self.split

    @property
    def healthy(self) -> bool:
        return not self.causes


@dataclass(frozen=True, slots=True)
class Family:
    name: str
    split: str
    style: str
    good: float
    source: str = field(repr=False)
    variants: tuple[Variant, ...] = field(repr=False)
    combined: tuple[tuple[str, ...], ...]
    opened: str = ""

    def programs(self) -> Iterable[Program]:
        healthy = {v.name: v for v in self.variants if v.kind == "healthy"}
        yield self._program(self.name, (), None)
        for names in (*((n,) for n in healthy), *self.combined):
            yield self._program(f"{self.name}--{'+'.join(names)}", tuple(healthy[n] for n in names), None)
        for fault in self.variants:
            if fault.kind == "fault":
                twin = self.name + (f"--{'+'.join(fault.on)}" if fault.on else "")
                yield self._program(f"{self.name}--{fault.name}", (*(healthy[n] for n in fault.on), fault), twin)

    def _program(self, name: str, parts: tuple[Variant, ...], twin: str | None) -> Program:
        source = self.source
        try:
            for part in parts:
                for edit in part.edits:
                    source = edit.apply(source)
            fault = parts[-1] if parts and parts[-1].cause else None
            lines = tuple(line_of(source, snippet) for snippet in fault.snippets) if fault else ()
        except ManifestError as error:
            raise ManifestError(f"{name}: {error}") from None
        good = next((part.good for part in reversed(parts) if part.good is not None), self.good)
        causes = (fault.cause, *fault.also) if fault and fault.cause else ()
        return Program(name, self.name, self.split, source, causes, lines, twin, good, self.opened)


def line_of(source: str, snippet: str) -> int:
    """The number of the line that has `snippet`; `snippet #2` is the second such line. Raises ManifestError."""
    text, _, number = snippet.partition(" #") if re.search(r" #\d+$", snippet) else (snippet, "", "")
    hits = [i for i, line in enumerate(source.split("\n"), 1) if text in line]
    if number and len(hits) >= int(number):
        return hits[int(number) - 1]
    if number or len(hits) != 1:
        raise ManifestError(f"lines {hits} have: {snippet}")
    return hits[0]


def parse(name: str, text: str, source: str) -> Family:
    head, *blocks = re.split(r"^=== ", text, flags=re.MULTILINE)
    fields = dict(re.findall(r"^(\w+): (.*)$", head, flags=re.MULTILINE))
    variants: list[Variant] = []
    combined: list[tuple[str, ...]] = []
    for block in blocks:
        title, _, body = block.partition("\n")
        kind, _, rest = title.strip().partition(" ")
        if kind == "combine":
            combined += [tuple(names.strip().split("+")) for names in rest.split(",")]
        elif kind in {"healthy", "fault"}:
            variants.append(variant(kind, rest, body.split("\n")))
        else:
            raise ManifestError(f"{name}: no entry begins with {kind}")
    if fields.get("split") not in SPLITS:
        raise ManifestError(f"{name}: no split")
    return Family(
        name,
        fields["split"],
        fields["style"],
        float(fields["good"]),
        source,
        tuple(variants),
        tuple(combined),
        fields.get("opened", ""),
    )


def variant(kind: str, title: str, body: list[str]) -> Variant:
    edits: list[Edit] = []
    options: dict[str, list[str]] = {}
    at = 0
    while at < len(body):
        line = body[at]
        at += 1
        if line.startswith("@ "):
            old, arrow, new = line[2:].partition(" => ")
            if not arrow:
                raise ManifestError(f"{title}: no => in {line}")
            edits.append(Edit(old.strip(), new.strip(), lines=False))
        elif line == "@@":
            end = next((i for i in range(at, len(body)) if body[i] == "@@" or body[i].startswith("@ ")), len(body))
            old, new = split_at_arrow(title, body[at:end])
            edits.append(Edit(old, new, lines=True))
            at = end
        elif line.strip():
            key, _, value = line.partition(": ")
            options.setdefault(key, []).append(value)
    if unknown := set(options) - {"on", "also", "line", "good"}:
        raise ManifestError(f"{title}: {unknown}")
    cause, _, suffix = title.partition(" ")
    return Variant(
        kind=kind,
        name=title.replace(" ", "-") if not suffix else f"{cause}--{suffix}",
        edits=tuple(edits),
        on=tuple(",".join(options.get("on", [])).replace(" ", "").split(",")) if "on" in options else (),
        cause=cause if kind == "fault" else None,
        also=tuple(options.get("also", ())),
        snippets=tuple(options.get("line", ())),
        good=float(options["good"][0]) if "good" in options else None,
    )


def split_at_arrow(title: str, lines: list[str]) -> tuple[str, str]:
    if lines.count("->") != 1:
        raise ManifestError(f"{title}: a block of lines needs one -> between old and new")
    middle = lines.index("->")
    return "\n".join(lines[:middle]).strip("\n"), "\n".join(lines[middle + 1 :]).strip("\n")


@cache
def families() -> tuple[Family, ...]:
    """Every family, by name. Raises ManifestError."""
    return tuple(
        parse(path.stem, path.with_suffix(".variants").read_text("utf-8"), path.read_text("utf-8"))
        for path in sorted(FAMILIES.glob("*.py"))
    )


@cache
def programs() -> tuple[Program, ...]:
    """Every program, family by family. Raises ManifestError."""
    return tuple(program for family in families() for program in family.programs())
