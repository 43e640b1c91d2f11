from collections.abc import Sequence

from .diagnosis import Comparison, RunDiagnosis


def compare(runs: Sequence[RunDiagnosis]) -> Comparison | None:
    return None
