"""While a run goes on, what its young curve says is a note; what was seen directly is told at once."""

import numpy as np
import pytest

from losscompass.diagnose.engine import diagnose_run
from losscompass.evidence.build import build
from losscompass.evidence.records import Fact, ScalarBlock

STEPS = 200


def severities(*facts: Fact, last: float = 2.3, steps: int = STEPS) -> dict[str, str]:
    values = np.full(steps, 2.3)
    values[-20:] = last
    (run,) = build([*facts, ScalarBlock("train/loss", np.arange(float(steps)), values)], "")
    return {one.id: str(one.severity) for one in diagnose_run(run, strict=True).found}


WATCHED = Fact("watched", True)


def test_a_flat_young_curve_is_a_note_while_the_run_goes_on():
    assert severities(WATCHED)["loss-flat"] == "note"
    assert severities(WATCHED, Fact("ended", "finished"))["loss-flat"] != "note"


def test_an_old_one_is_taken_at_its_word():
    assert severities(WATCHED, steps=600)["loss-flat"] != "note"


def test_a_log_that_nobody_watches_is_read_as_it_is():
    assert severities()["loss-flat"] != "note"


@pytest.mark.parametrize("facts", [(WATCHED,), (WATCHED, Fact("ended", "error"))])
def test_a_loss_that_is_no_number_is_told_at_once(facts):
    assert severities(*facts, last=np.nan)["non-finite-loss"] == "critical"
