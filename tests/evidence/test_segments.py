"""Positions that go back: what happened is told by the evidence."""

import numpy as np
import pytest

from losscompass.evidence.build import build
from losscompass.evidence.records import Event, Scalar, ScalarBlock

FALL = 3.0 * np.exp(-np.arange(40) / 10.0) + 0.5


def block(name, step, value, **more):
    return ScalarBlock(name, np.asarray(step, float), np.asarray(value, float), **more)


def rows(*segments, names=("loss", "val_loss")):
    """Scalars row by row, each row with every name, from (steps, values) pairs."""
    for steps, values in segments:
        for step, value in zip(steps, values, strict=True):
            for name in names:
                yield Scalar(name, float(step), float(value))


def reasons(run):
    return {one.reason: one.count for one in run.skipped}


def test_a_log_of_folds_holds_one_run_a_fold():
    runs = build(rows(*[(range(40), FALL * scale) for scale in (1.0, 1.1, 0.9)]), "log")
    assert [run.name for run in runs] == ["1", "2", "3"]
    assert all(len(run.series["train/loss"]) == len(run.series["val/loss"]) == 40 for run in runs)


def test_all_series_are_split_at_the_same_place():
    # Validation at other steps, fewer, and in the second run not at all.
    records = []
    for step in range(40):
        records.append(Scalar("loss", step, FALL[step]))
        if step % 10 == 9:
            records.append(Scalar("val_loss", step, FALL[step]))
    records += [Event("checkpoint", 3)] + [Scalar("loss", step, FALL[step]) for step in range(8)]
    first, second = build(records, "log")
    assert list(second.series) == ["train/loss"]
    assert len(first.series["val/loss"]) == 4


def test_blocks_without_a_common_order_are_split_alike():
    steps = np.tile(np.arange(40.0), 2)
    records = [block("loss", steps, np.tile(FALL, 2)), block("val_loss", steps[::4], np.tile(FALL, 2)[::4])]
    assert [[len(s) for s in run.series.values()] for run in build(records, "log")] == [[40, 10], [40, 10]]


def test_blocks_are_split_by_the_clock_where_they_tell_it():
    steps = np.tile(np.arange(40.0), 2)
    clock = 1.7e9 + np.arange(80.0)
    late = block("val_loss", [5.0, 15.0], [1.0, 0.9], time=np.array([1.7e9 + 45, 1.7e9 + 55]))
    first, second = build([block("loss", steps, np.tile(FALL, 2), time=clock), late], "log")
    assert list(first.series) == ["train/loss"]
    assert len(second.series["val/loss"]) == 2


def test_a_resumed_run_replaces_what_it_repeats():
    run = build(rows((range(30), FALL[:30]), (range(20, 40), FALL[20:] + 0.01)), "log")
    assert len(run) == 1
    assert run[0].series["train/loss"].step.tolist() == list(range(40))
    assert run[0].series["train/loss"].value[25] == pytest.approx(FALL[25] + 0.01)
    assert reasons(run[0]) == {"overwritten-by-resume": 20}


def test_a_short_second_try_does_not_replace_a_long_first():
    runs = build(rows((range(10, 40), FALL[10:]), (range(15, 18), FALL[15:18])), "log")
    assert [len(run.series["train/loss"]) for run in runs] == [30, 3]


def test_a_counter_of_the_epoch_is_counted_on():
    records = []
    for epoch in range(1, 5):
        records += [Scalar("loss", s, 1.0 / (100 * epoch + s), epoch=epoch) for s in range(10, 101, 10)]
        records.append(Scalar("val/mAP", 80, 0.1 * epoch, epoch=epoch))
    (run,) = build(records, "log")
    assert run.series["train/loss"].step.tolist() == list(range(10, 401, 10))
    assert run.series["val/map"].step.tolist() == [100, 200, 300, 400]
    assert run.skipped == ()


def test_a_restart_with_counters_of_the_epoch_is_two_runs():
    records = [
        Scalar("loss", step, 3.0 - 0.2 * epoch - 0.01 * step, epoch=epoch)
        for _ in range(2)
        for epoch in range(3)
        for step in range(10)
    ]
    runs = build(records, "log")
    assert [run.series["train/loss"].step.tolist() for run in runs] == [list(range(30))] * 2


def test_a_counter_that_was_reset_while_the_loss_went_on_is_one_run():
    (run,) = build(rows(*[(range(10), FALL[10 * k : 10 * k + 10]) for k in range(4)], names=("loss",)), "log")
    assert run.series["train/loss"].step.tolist() == list(range(40))


def test_a_counter_that_was_reset_while_the_epochs_went_on_is_one_run():
    epoch = np.concatenate([np.zeros(2), 1.0 + np.arange(30) // 3])
    steps, values = [19, 39, *range(19, 619, 20)], [3.8, 3.6, *np.full(30, 3.5)]
    (run,) = build([block("loss", steps, values, epoch=epoch)], "log")
    assert run.series["train/loss"].step[:4].tolist() == [19, 39, 59, 79]


def test_epochs_that_go_on_beside_a_counter_tell_that_the_run_did():
    records = []
    for epoch in range(4):
        records += [
            Scalar("loss", step, 2.0) for step in (range(10) if epoch < 1 else range(10 * epoch - 10, 10 * epoch))
        ]
        records.append(Scalar("val_loss", epoch, 2.0, axis="epoch"))
    assert len(build(records, "log")) == 1


def test_a_last_line_that_is_step_0_again_is_dropped():
    (run,) = build([block("mae", [*range(10), 0], [*FALL[:10], FALL[9]])], "log")
    assert len(run.series["train/mae"]) == 10
    assert reasons(run) == {"stray-repeated-step": 1}


def test_a_point_out_of_order_is_put_in_order():
    (run,) = build([block("loss", [0, 10, 20, 30, 25, 40, 50], [7, 6, 5, 4, 4.5, 3, 2])], "log")
    assert run.series["train/loss"].value.tolist() == [7, 6, 5, 4.5, 4, 3, 2]
    assert run.skipped == ()


def test_a_log_without_order_is_sorted():
    order = np.random.default_rng(0).permutation(200)
    (run,) = build([block("loss", order, order * 1.0)], "log")
    assert run.series["train/loss"].step.tolist() == list(range(200))


def test_a_position_written_twice_counts_as_written_last():
    (run,) = build([block("loss", [0, 0, *range(1, 30)], [9, *FALL[:30]])], "log")
    assert len(run.series["train/loss"]) == 30
    assert run.series["train/loss"].value[0] == FALL[0]
    assert reasons(run) == {"repeated-step": 1}


def test_two_writers_of_every_position_are_both_kept():
    (run,) = build([block("loss", np.repeat(np.arange(20), 2), np.arange(40))], "log")
    assert len(run.series["train/loss"]) == 40


def test_rows_with_epochs_that_start_over_are_two_runs():
    epoch = np.tile(np.repeat(np.arange(4.0), 5), 2)
    runs = build([block("loss", np.arange(40), np.tile(FALL[:20], 2), axis="row", epoch=epoch)], "log")
    assert [run.points for run in runs] == [20, 20]


@pytest.mark.parametrize("epochs", [1, 2])
def test_a_loop_around_fit_is_one_run(epochs):
    values = 2.0 + 0.1 * np.random.default_rng(3).standard_normal(40 * epochs)
    (run,) = build([block("loss", np.tile(np.arange(1.0, epochs + 1), 40), values, axis="epoch")], "log")
    assert np.all(np.diff(run.series["train/loss"].step) > 0)
    assert run.points == 40 * epochs


def test_short_folds_are_runs():
    runs = build(rows(*[(range(3), np.array([1.0, 0.5, 0.4]) + 0.01 * k) for k in range(5)]), "log")
    assert len(runs) == 5
