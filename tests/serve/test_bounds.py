"""However long a run is: what is kept of it stays small, and nothing that matters is lost."""

import math

import numpy as np
import pytest

pytest.importorskip("starlette", reason="the extra `serve` is not installed")

from losscompass.evidence.journal import Journal
from losscompass.evidence.records import Event, Fact, Scalar, ScalarBlock, Skipped, TensorStat
from losscompass.serve.growing_run import EVENTS, LOOKS, RUNS, GrowingRun
from losscompass.serve.kept import DRAWN, STUDIED, Kept, rows_of
from losscompass.serve.source import BITE, JournalSource


def blocks(points, size, seed=0):
    """A falling, noisy loss in blocks, a spike and a NaN in it at odd places."""
    rng = np.random.default_rng(seed)
    for start in range(0, points, size):
        step = np.arange(start, min(start + size, points), dtype=float)
        value = np.exp(-step / points * 5) + 0.1 * rng.standard_normal(step.size)
        for at, odd in ((points // 3 + 1, 99.0), (points // 2 + 1, np.nan)):
            value[step == at] = odd
        yield ScalarBlock("loss", step, value)


def test_ten_million_steps_stay_bounded_and_keep_their_extremes():
    run = GrowingRun("a.journal")
    for block in blocks(10_000_000, 100_000):
        run.take([block])
    (kept,) = run.pieces[0].series.values()
    assert kept.count == 10_000_000
    assert len(kept.drawn) <= DRAWN
    assert len(kept.studied) <= STUDIED
    assert len(kept.drawn.rows) * 8 + len(kept.studied.rows) * 8 < 4_000_000  # bytes
    for drawn in (True, False):
        (one,) = run.runs(drawn=drawn)
        series = one.series["train/loss"]
        assert np.isnan(series.value).any()
        assert series.step[0] == 0
        assert series.step[-1] > 9_990_000
        assert not drawn or np.nanmax(series.value) == 99
    assert run.counts() == {"loss": 10_000_000}


def test_what_the_rules_get_is_an_even_share_of_the_points():
    kept = Kept("loss", "step", 0)
    for block in blocks(500_000, 777):
        kept.add(rows_of(block))
    step = kept.studied.table()[:, 0]
    assert kept.stride == 16
    assert np.isin(np.arange(0, 500_000, 16.0), step).all()  # with the NaN between two of them
    assert step.size == 500_000 / 16 + 1


def test_a_short_run_is_kept_whole():
    run = GrowingRun("a.journal")
    for step in range(1000):
        run.take([Scalar("loss", step, 1 / (step + 1), epoch=step / 100, time=1e9 + step), Scalar("lr", step, 0.1)])
    for drawn in (True, False):
        (one,) = run.runs(drawn=drawn)
        loss = one.series["train/loss"]
        assert np.array_equal(loss.value, 1 / np.arange(1, 1001))
        assert loss.epoch[-1] == 9.99
        assert loss.time[0] == 1e9
        assert one.series["lr"].epoch is None


def test_events_looks_and_skips_stay_bounded_and_the_last_one_counts():
    run = GrowingRun("a.journal")
    run.take([Fact("framework", "torch"), Scalar("loss", 0, 1.0)])
    for step in range(5000):
        run.take(
            [
                Event("loop", float(step), {"optimizer": 0, "steps": step}),
                TensorStat("a.weight", "gradient", float(step), {"norm": float(step)}),
                Skipped("damaged-record", 1, f"byte {step}"),
            ]
        )
    (one,) = run.runs(drawn=False)
    assert len(one.happened("loop")) == EVENTS
    assert one.happened("loop")[-1].data["steps"] == 4999
    track = one.tensors["gradient/a.weight"]
    assert len(track.step) <= LOOKS
    assert track.step[0] == 0
    assert track.step[-1] == 4999
    assert [(x.reason, x.count, x.where) for x in one.skipped] == [("damaged-record", 5000, "byte 0")]
    assert one.facts["framework"] == "torch"


def test_another_run_in_the_same_journal_begins_anew_and_the_oldest_go():
    run = GrowingRun("a.journal")
    for number in range(RUNS + 5):
        news = run.take(
            [Event("run-start", data={"name": f"run {number}"}), *(Scalar("loss", k, 1.0 / (k + 1)) for k in range(20))]
        )
    assert [len(rows) for rows in news.values()] == [20]
    runs = run.runs(drawn=True)
    assert len(runs) == RUNS
    assert runs[-1].name == f"run {RUNS + 4}"


def test_news_are_what_came_since():
    run = GrowingRun("a.journal")
    assert run.take([]) == {}
    first = run.take([Scalar("loss", 1, 2.0), Scalar("loss", 2, math.nan, epoch=0.5, time=9.0)])
    rows = first["loss", 0, "step"]
    assert rows[:, 0].tolist() == [1, 2]
    assert math.isnan(rows[1, 1])
    assert rows[1, 2:].tolist() == [0.5, 9.0]
    assert math.isnan(rows[0, 2])


@pytest.mark.parametrize("odd", [np.nan, np.inf])
def test_a_loss_that_is_no_number_for_ever_stays_bounded(odd):
    kept = Kept("loss", "step", 0)
    for start in range(0, 3_000_000, 50_000):
        step = np.arange(start, start + 50_000, dtype=float)
        kept.add(rows_of(ScalarBlock("loss", step, np.full(step.size, odd))))
        assert len(kept.studied) <= STUDIED
        assert len(kept.drawn) <= DRAWN
    assert kept.studied.table()[-1, 0] > 2_990_000


def test_a_long_journal_comes_in_bites(tmp_path):
    with Journal(tmp_path / "long.journal") as journal:
        for block in blocks(1_000_000, 50_000):
            journal.append([block])
    source = JournalSource(journal.path)
    looks = 0
    while source.poll() and source.behind():
        looks += 1
        assert sum(len(rows) for parts in source.fresh.values() for rows in parts) * 8 * 4 < 3 * 4 * BITE
        source.news([])
    assert looks > 3
    assert not source.poll()
    assert source.counts() == {"loss": 1_000_000}
