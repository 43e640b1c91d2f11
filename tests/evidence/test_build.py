"""Records to runs: nothing lost without being counted, whatever the log does."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from losscompass.evidence.build import build
from losscompass.evidence.names import Kind
from losscompass.evidence.records import Event, Fact, Scalar, ScalarBlock, Skipped

NAMES = ("loss", "val_loss", "lr", "accuracy", "train/box_loss", "x", "損失", "epoch", "train_loss_epoch", "G_loss")
NUMBERS = st.floats(allow_nan=True, allow_infinity=True)
STEPS = st.one_of(st.integers(-3, 12).map(float), st.floats(allow_nan=True, allow_infinity=True))
AXES = st.sampled_from(("step", "epoch", "row"))


@st.composite
def blocks(draw):
    size = draw(st.integers(0, 12))
    of = st.lists(STEPS, min_size=size, max_size=size).map(np.array)
    maybe = st.one_of(st.none(), st.lists(NUMBERS, min_size=size, max_size=size).map(np.array))
    return ScalarBlock(
        draw(st.sampled_from(NAMES)),
        np.asarray(draw(of), dtype=float),
        np.array(draw(st.lists(NUMBERS, min_size=size, max_size=size)), dtype=float),
        axis=draw(AXES),
        epoch=draw(maybe),
        time=draw(maybe),
        rank=draw(st.integers(0, 2)),
    )


RECORDS = st.lists(
    st.one_of(
        st.builds(
            Scalar,
            st.sampled_from(NAMES),
            STEPS,
            NUMBERS,
            axis=AXES,
            epoch=st.one_of(st.none(), STEPS),
            time=st.one_of(st.none(), NUMBERS),
            rank=st.integers(0, 2),
        ),
        blocks(),
        st.builds(Event, st.sampled_from(("run-start", "checkpoint"))),
        st.builds(Fact, st.sampled_from(("format", "phase")), st.sampled_from(("csv", "val"))),
        st.builds(Skipped, st.sampled_from(("not-a-number", "damaged-record")), st.integers(1, 9)),
    ),
    max_size=40,
)
OWN = ("other-rank", "no-position", "overwritten-by-resume", "stray-repeated-step", "repeated-step", "all-nan-column")
OWN += ("zeros-not-measured",)


def counted(runs):
    return sum(run.points for run in runs) + sum(s.count for run in runs for s in run.skipped if s.reason in OWN)


@settings(max_examples=300, deadline=None)
@given(RECORDS)
def test_no_point_is_lost_without_being_counted(records):
    runs = build(records, "log")
    given_points = sum(
        1 if isinstance(r, Scalar) else len(r.value) if isinstance(r, ScalarBlock) else 0 for r in records
    )
    assert counted(runs) == given_points or not runs
    for run in runs:
        assert set(run.curves.values()) <= set(run.series)
        for name, series in run.series.items():
            assert series.name == name
            assert len(series.step) == len(series.value) > 0
            assert np.all(np.diff(series.step) >= 0)
            assert not series.value.flags.writeable
            assert not series.step.flags.writeable


@settings(max_examples=100, deadline=None)
@given(RECORDS)
def test_building_twice_gives_the_same(records):
    one, two = build(records, "log"), build(iter(records), "log")
    assert [(run.name, list(run.series), run.curves, run.skipped) for run in one] == [
        (run.name, list(run.series), run.curves, run.skipped) for run in two
    ]
    for a, b in zip(one, two, strict=True):
        for name in a.series:
            np.testing.assert_array_equal(a.series[name].value, b.series[name].value)


def block(name, values, step=None, **more):
    values = np.asarray(values, dtype=float)
    return ScalarBlock(
        name, np.arange(values.size, dtype=float) if step is None else np.asarray(step, float), values, **more
    )


def only(runs):
    assert len(runs) == 1
    return runs[0]


def test_the_summary_at_the_end_does_not_displace_the_curve():
    records = [Scalar("loss", step, 1.0 / (step + 1)) for step in range(50)] + [Scalar("train_loss", 50, 0.4)]
    run = only(build(records, "log"))
    assert len(run.series["train/loss"]) == 50
    assert run.series["train/loss"].raw == "loss"
    assert [s.raw for n, s in run.series.items() if n.startswith("train/loss~")] == ["train_loss"]


def test_epoch_means_stand_beside_epoch_wise_validation():
    records = [
        block("train_loss_step", np.linspace(3, 1, 200)),
        block("train_loss_epoch", np.linspace(3, 1, 10), np.arange(10) * 20),
    ]
    alone = only(build(records, "log"))
    assert alone.series[alone.curves["train"]].raw == "train_loss_step"
    beside = only(build([*records, block("val_loss", np.linspace(3, 1, 10), np.arange(10) * 20)], "log"))
    assert beside.series[beside.curves["train"]].raw == "train_loss_epoch"
    assert "train/loss~step" in beside.series


def test_parts_without_a_total_are_summed():
    run = only(build([block("val/box_loss", [3, 2, 1]), block("val/cls_loss", [1, 1, np.inf])], "log"))
    total = run.curve("val")
    assert total.derived == "sum of parts"
    assert total.value.tolist() == [4, 3, np.inf]
    assert run.points == 6


def test_an_only_part_is_the_total():
    run = only(build([block("mse_loss", [3, 2, 1])], "log"))
    assert run.curve("train").role.kind is Kind.LOSS
    assert run.curve("train").derived == ""


def test_opponents_are_not_summed():
    run = only(build([block("G_loss", [3, 2, 1]), block("D_loss", [1, 2, 3])], "log"))
    assert run.curve("train").value.tolist() == [3, 2, 1]


def test_a_reward_leads_over_the_losses_of_reinforcement_learning():
    run = only(build([block("train/value_loss", [1, 2, 3]), block("rollout/ep_rew_mean", [1, 2, 3])], "log"))
    assert run.curve("train").role.kind is Kind.REWARD


def test_a_test_series_stands_in_for_validation():
    run = only(build([block("train_loss", [3, 2, 1, 0.5]), block("test_loss", [3, 2, 1, 0.5])], "log"))
    assert run.curves["val"] == run.curves["test"] == "test/loss"


def test_nothing_that_is_unknown_becomes_a_headline():
    assert only(build([block("voltage", [3, 2, 1]), block("current", [1, 2, 3])], "log")).curves == {}
    assert only(build([block("voltage", [3, 2, 1], axis="row")], "log")).curves == {}
    assert only(build([block("weight", [3, 2, 1])], "log")).curves == {}


def test_the_only_series_of_a_log_is_read_as_falling_and_that_is_said():
    run = only(build([block("voltage", [3, 2, 1]), block("elapsed_time", [1, 2, 3])], "log"))
    assert run.curves == {"train": "voltage"}
    assert run.curve("train").role.direction == -1
    assert [(one.reason, one.where) for one in run.skipped] == [("direction-assumed", "voltage")]


def test_unmeasured_columns_are_kept_out_and_counted():
    run = only(
        build(
            [
                block("train/seg_loss", [3, 2, 1]),
                block("val/seg_loss", [0, 0, 0]),
                block("val/cls_loss", [3, 2, 1]),
                block("metrics/mAP50", [np.nan] * 3),
                block("train/loss", [np.nan] * 3),
            ],
            "log",
        )
    )
    assert {s.reason: s.count for s in run.skipped} == {"zeros-not-measured": 3, "all-nan-column": 3}
    assert "val/loss/seg" not in run.series
    assert run.curves["train"] == "train/loss"  # a loss of NaN is evidence


def test_epochs_that_were_not_evaluated_are_not_losses_of_zero():
    run = only(build([block("val_loss", [2, 0, 0, 1.5, 0, 0, 1.2]), block("loss", [3, 2, 1, 1, 1, 1, 1])], "log"))
    assert run.series["val/loss"].value.tolist() == [2, 1.5, 1.2]
    assert only(build([block("val_loss", [2, 1, 0.1, 0.01, 0, 0, 0])], "log")).points == 7


def test_the_lowest_rank_is_the_curve():
    records = [Scalar("loss", s, v, rank=r) for s in range(5) for r, v in ((1, 9.0), (0, 1.0))]
    run = only(build(records, "log"))
    assert run.series["train/loss"].value.tolist() == [1.0] * 5
    assert run.skipped[0] == Skipped("other-rank", 5, "loss")


def test_run_start_begins_another_run():
    records = [Fact("format", "x")]
    for name in ("a", "b"):
        records += [Event("run-start", data={"name": name}), *(Scalar("loss", s, 1.0) for s in range(3))]
    runs = build(records, "log")
    assert [run.name for run in runs] == ["a", "b"]
    assert all(run.facts["format"] == "x" for run in runs)


def test_no_numbers_no_run():
    assert build([Fact("format", "x"), Skipped("not-a-number", 3)], "log") == ()


def test_a_block_is_not_copied():
    values = np.linspace(3.0, 1.0, 1_000_000)
    run = only(build([block("loss", values)], "log"))
    assert np.shares_memory(run.series["train/loss"].value, values)
