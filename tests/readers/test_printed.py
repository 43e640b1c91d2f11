"""Printed logs in the styles that people and frameworks print. What must be found stands in the first lines of each file:

`#? NAME AXIS position=value …` a series (canonical name), whole; no other loss, metric or reward may be found
`#? fact NAME VALUE`, `#? none` (not a training log).
"""

from pathlib import Path

import numpy as np
import pytest

from losscompass.evidence.names import Kind, role_of
from losscompass.evidence.records import Fact, ScalarBlock
from losscompass.readers.base import UnreadableError
from losscompass.readers.head import head_of
from losscompass.readers.printed import READER

LOGS = sorted((Path(__file__).parent / "printed_logs").glob("*.log"))
JUDGED = (Kind.LOSS, Kind.LOSS_PART, Kind.METRIC_UP, Kind.METRIC_DOWN, Kind.REWARD)


def found_in(path: Path) -> dict[tuple[str, str], list[tuple[float, float]]]:
    """Every series of a log by canonical name and axis (the longest that has it), as (position, value)."""
    series: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for record in READER.read(path):
        if isinstance(record, ScalarBlock):
            points = series.setdefault((record.name, record.axis), [])
            points.extend(zip(record.step.tolist(), record.value.tolist(), strict=True))
    ordered = sorted(series.items(), key=lambda item: len(item[1]))
    return {(role_of(name)[0], axis): points for (name, axis), points in ordered}


@pytest.mark.parametrize("source", LOGS, ids=lambda path: path.stem)
def test_finds_what_the_log_says(source: Path, tmp_path: Path) -> None:
    text = source.read_bytes().decode()
    expected = [line[3:].split() for line in text.splitlines() if line.startswith("#? ")]
    path = tmp_path / "log.txt"
    path.write_bytes("".join(line for line in text.splitlines(keepends=True) if not line.startswith("#? ")).encode())
    if expected == [["none"]]:
        with pytest.raises(UnreadableError, match="no-curve"):
            list(READER.read(path))
        return
    assert READER.sniff(head_of(path))
    found = found_in(path)
    facts = {record.name: record.value for record in READER.read(path) if isinstance(record, Fact)}
    wanted = set()
    for name, axis, *points in expected:
        if name == "fact":
            assert str(facts.get(axis)) == points[0]
            continue
        wanted.add((name, axis))
        assert (name, axis) in found, f"{name} not among {sorted(found)}"
        should = np.array([[float(one) for one in point.split("=")] for point in points])
        np.testing.assert_allclose(np.array(found[name, axis]), should, rtol=1e-9, err_msg=f"{name} {axis}")
    others = {key for key in found if key not in wanted and role_of(key[0])[1].kind in JUDGED}
    if any(len(line) > 1 and line[0] != "fact" for line in expected) and source.stem not in PARTIAL:
        assert not others


PARTIAL = {"nanogpt", "jax_prints"}  # of these, only some series are written out
