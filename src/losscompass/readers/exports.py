"""Tables that a tracker's page exported: their columns are named after the export, not after what was logged."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from ..evidence.names import role_of
from ..evidence.records import Event, Record, ScalarBlock, Skipped
from .positions import position_key

_VALUES = frozenset(("value", "values", "y", "metricvalue", "smoothed", "値"))
FEW_COLUMNS = 4  # of a table without names that a script wrote of a training; more are a data set
_TAG = re.compile(r".*-tag-(.+)")  # run-<run>-tag-<tag>, as TensorBoard names its downloads
_RUN = re.compile(r"(?P<run>.+) - (?P<name>[^ ].*)")  # <run> - <metric>, as W&B heads the columns of a chart
_BOUNDS = re.compile(r"__(?:MIN|MAX)")


def named_after_export(records: Iterable[Record], stem: str, *, headed: bool) -> Iterator[Record]:
    """Yield the records under the names that were logged.

    `stem`: the file's name without its ending, which names the values of a table that does not. `headed`: whether the
    table names its columns.
    """
    kept = list(records)
    names = list(dict.fromkeys(record.name for record in kept if isinstance(record, ScalarBlock)))
    runs = {name: match for name in names if (match := _RUN.fullmatch(_BOUNDS.sub("", name)))}
    if headed and names and len(runs) == len(names):
        yield from _run_by_run(kept, runs)
        return
    tag = _TAG.fullmatch(stem)
    own = (tag[1] if tag else stem).strip() or "value"
    nameless = names if not headed else [name for name in names if name == "" or position_key(name) in _VALUES]
    if len(names) > 1 and headed:
        nameless = [name for name in nameless if name == ""]
    spelled = {name: own if len(nameless) == 1 else f"{own}/{name or 'column 1'}" for name in nameless}
    if not headed and 1 < len(names) <= FEW_COLUMNS:
        # The stem names the first of a few nameless columns at most: `loss.txt` says nothing of the second one.
        spelled = {name: name or "column 1" for name in names}
        if role_of(own)[1].direction:
            spelled[names[0]] = own
    for record in kept:
        if isinstance(record, ScalarBlock) and record.name in spelled:
            yield replace(record, name=spelled[record.name])
        else:
            yield record


def _run_by_run(records: list[Record], runs: dict[str, re.Match[str]]) -> Iterator[Record]:
    """One run after the other. The bounds that a chart draws around a sampled line repeat it."""
    yield from (record for record in records if not isinstance(record, ScalarBlock))
    bounds = {name for name in runs if _BOUNDS.search(name) and _BOUNDS.sub("", name) in runs}
    order = dict.fromkeys(match["run"] for match in runs.values())
    for run in order:
        if len(order) > 1:
            yield Event("run-start", data={"name": run})
        for record in records:
            if isinstance(record, ScalarBlock) and runs[record.name]["run"] == run and record.name not in bounds:
                yield replace(record, name=runs[record.name]["name"])
    if bounds:
        yield Skipped("repeated-column", len(bounds), min(bounds))
