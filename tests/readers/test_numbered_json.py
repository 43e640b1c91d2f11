"""A folder with a file of metrics for every epoch."""

import json

from losscompass.readers.discover import gather

LOSS = [2.0, 1.5, 1.2, 1.1, 1.05, 1.02, 1.0, 0.99, 0.98, 0.97, 0.96, 0.95]


def write(folder, name, content):
    (folder / name).write_text(json.dumps(content))


def test_the_files_of_the_epochs_are_one_run(tmp_path):
    for epoch, loss in enumerate(LOSS):
        row = {"best_epoch": epoch, "training_duration": "0:00:10", "epoch": epoch, "training_loss": loss}
        write(tmp_path, f"metrics_epoch_{epoch}.json", {**row, "validation_loss": loss + 0.1})
    write(tmp_path, "metrics.json", {"best_epoch": 11, "training_loss": 0.95})
    found = gather([tmp_path])
    (run,) = found.runs
    assert run.series["train/loss"].step.tolist() == list(range(len(LOSS)))
    assert run.series["train/loss"].value.tolist() == LOSS
    assert run.curves == {"train": "train/loss", "val": "val/loss"}
    assert [(one.reason, one.count) for one in found.skipped] == [("no-curve", 1)]


def test_where_they_do_not_say_it_their_names_count(tmp_path):
    for step, loss in enumerate(LOSS):
        write(tmp_path, f"step-{100 * step}.json", {"loss": loss})
    (run,) = gather([tmp_path]).runs
    assert run.series["train/loss"].step.tolist() == [100 * step for step in range(len(LOSS))]


def test_numbered_files_of_anything_else_are_no_run(tmp_path):
    for image in range(5):
        write(tmp_path, f"image_{image}.json", {"version": "5.0", "width": 640.5, "shapes": [{"label": "cat"}]})
        write(tmp_path, f"sensor_{image}.json", {"id": image, "voltage": 3.3})
    assert not gather([tmp_path]).runs


def test_a_damaged_one_costs_itself_only(tmp_path):
    for epoch, loss in enumerate(LOSS):
        write(tmp_path, f"epoch{epoch}.json", {"val_loss": loss})
    (tmp_path / "epoch3.json").write_text("")
    (run,) = gather([tmp_path]).runs
    assert len(run.series["val/loss"]) == len(LOSS) - 1
    assert [(one.reason, one.count) for one in run.skipped] == [("damaged-document", 1)]
