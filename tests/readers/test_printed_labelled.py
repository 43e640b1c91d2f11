"""The labelled printed logs of other people's runs: the figures that their labels state, found by the reader."""

import os
from pathlib import Path

import pytest

from losscompass.readers.discover import gather

LOGS = Path(os.environ.get("LOSSCOMPASS_LOGS", Path(__file__).parents[3] / "shared" / "logs"))
pytestmark = [
    pytest.mark.logs,
    pytest.mark.skipif(not LOGS.is_dir(), reason="the labelled logs are not here: set LOSSCOMPASS_LOGS"),
]

# file: (run, series, axis, points, value at the start, lowest value, value at the end); None where the label does not say
FIGURES = {
    "caffe-stdout-03.log": [
        (0, "train/loss", "step", 778, 7.33, None, 5.59),
        (0, "test/loss", "step", 15, 6.74, 5.245, None),
    ],
    "darknet-stdout-01.txt": [(0, "train/loss", "step", 1024, 5012, None, 0.30)],
    "darknet-stdout-02.txt": [(0, "train/loss", "step", 1024, 5012, None, 0.30)],
    "deepspeed-stdout-01.log": [(0, "val/perplexity", "epoch", 17, 4998, 1.803, 1.8085)],
    "detectron2-stdout-01.txt": [
        (0, "train/loss", "step", 1498, 0.144, None, 0.150),
        (0, "val/ap", "step", 30, 11.4, None, 15.2),
    ],
    "flair-log-01.out": [
        (0, "val/loss", "epoch", 107, 4.03, 2.37, 2.65),
        (0, "train/loss", "epoch", 107, 8.67, None, 1.33),
    ],
    "gluon-stdout-01.log": [(0, "val/pixel_accuracy", "epoch", 120, 0.776, None, 0.885)],
    "gluon-stdout-03.log": [(0, "val/loss", "epoch", 35, 3.33, 2.80, 2.86)],
    "gluon-stdout-05.log": [(0, "train/loss", "epoch", 320, 2.59, None, 0.00064)],
    "gluon-stdout-06.log": [(0, "val/top1_error", "epoch", 200, 0.953, None, 0.269)],
    "gluon-stdout-07.log": [(0, "val/accuracy", "epoch", 4, 0.922, None, 0.930)],
    "gluon-stdout-08.log": [(0, "val/loss", "epoch", 750, 6.55, None, 4.27)],
    "keras-stdout-01.txt": [
        (0, "train/loss", "epoch", 40, 194.4, None, 0.0154),
        (0, "val/loss", "epoch", 40, 0.33, 0.0226, 0.0278),
    ],
    "keras-stdout-03.txt": [(0, "train/loss", "epoch", 1000, 2354.2, None, 2311.6)],
    "keras-stdout-05.txt": [(0, "train/loss", "epoch", 10, 2.29, None, 1.98)],
    "keras-stdout-06.txt": [(0, "val/loss", "epoch", 50, 1.186, 0.3173, 0.3173)],
    "lightgbm-stdout-01.log": [(run, "val/rmse/1", "step", None, 0.23, None, 0.095) for run in range(5)],
    "llmc-log-01.log": [
        (0, "val/loss", "step", 80, 11.0, None, 3.272),
        (0, "train/loss", "step", 19560, 11.0, None, None),
    ],
    "mlx-lm-stdout-01.txt": [
        (0, "val/loss", "step", 4, 2.247, 1.637, 1.637),
        (0, "train/loss", "step", 60, 2.416, None, None),
    ],
    "nanogpt-stdout-01.out": [(0, "val/loss", "step", 28, 4.51, None, 3.276)],
    "openai-logger-table-01.txt": [(0, "train/loss", "step", 2065, 16.6, None, 0.14)],
    "plain-stdout-01.txt": [(0, "train/loss", "epoch", 10, 0.42, None, 0.3515)],
    "plain-stdout-02.txt": [(0, "val/loss", "epoch", 2112, 720.3, None, 24.99)],
    "plain-stdout-04.log": [(0, "train/loss", "epoch", 18, 8.84, None, 2.40)],
    "plain-stdout-05.log": [(0, "test/loss", "epoch", 100, 6.37, 6.228, 6.28)],
    "plain-stdout-06.log": [(0, "test/loss", "epoch", 100, 6.434, 6.109, 6.109)],
    "plain-stdout-07.txt": [
        (0, "val/accuracy", "step", 17, 94.56, None, 96.06),
        (0, "train/loss", "step", 17, 0.40, None, 0.08),
    ],
    "plain-stdout-08.log": [
        (0, "val/loss", "epoch", 61, None, 1.3916, 1.3916),
        (0, "train/loss", "epoch", 60, None, None, 2.32),
    ],
    "plain-stdout-09.log": [(0, "val/loss", "epoch", 29, 1.4579, None, 0.9716)],
    "plain-stdout-10.txt": [(0, "train/error", "epoch", 499, 1.36, None, 0.0152)],
    "rl-stdout-01.txt": [(0, "reward", "epoch", 100, None, -2838, None)],
    "vw-stderr-01.stderr": [(0, "train/loss", "step", 11, 1.0, None, 0.061)],
    "vw-stderr-02.stderr": [(0, "train/loss", "step", 21, 1.0, None, 0.012)],
    "yolov5-stdout-01.txt": [
        (0, "train/loss/box", "epoch", 10, 0.058, None, 0.037),
        (0, "train/loss/cls", "epoch", 10, 0.098, None, 0.055),
    ],
}
NOT_LOGS = [
    "misc-01.log",
    "misc-02.csv",
    "misc-03.json",
    "misc-04.txt",
    "single-column-txt-01.txt",
    "wandb-output-01.log",
]


@pytest.mark.parametrize("name", FIGURES)
def test_finds_the_figures_of_the_label(name: str) -> None:
    runs = gather([LOGS / name]).runs
    for number, series, axis, points, start, lowest, end in FIGURES[name]:
        assert series in runs[number].series, sorted(runs[number].series)
        found = runs[number].series[series]
        assert found.axis == axis
        assert points is None or len(found) == points
        for value, stated in ((found.value[0], start), (found.value.min(), lowest), (found.value[-1], end)):
            assert stated is None or value == pytest.approx(stated, rel=0.06)


def test_tells_restarts_apart() -> None:
    runs = gather([LOGS / "plain-stdout-03.log"]).runs
    assert len(runs) == 9
    assert runs[0].series["train/loss"].value[0] == pytest.approx(10.8742)
    assert len(gather([LOGS / "lightgbm-stdout-02.log"]).runs) == 5


@pytest.mark.parametrize("name", NOT_LOGS)
def test_says_what_is_no_log(name: str) -> None:
    assert not gather([LOGS / name]).runs
