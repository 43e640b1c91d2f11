"""A fixed sample of the zoo's families for tuning, each run as a user would: `losscompass run train.py`. The cause comes first, with its line; the healthy
ones are left alone. How often that holds on all of them, and on families held out, is what `make bench-causes` measures.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("torch")
pytest.importorskip("sklearn")

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from zoo.manifest import programs  # noqa: E402
from zoo.score import case_of  # noqa: E402

PROGRAMS = {program.id: program for program in programs() if program.split == "tune"}
FAULTY = (
    "actor_critic--policy-gradient-wrong--action",
    "boxes_regression--augmentation-breaks-labels",
    "cancer_argparse--missing-zero-grad",
    "cancer_argparse--preprocessing-mismatch",
    "char_lm--tensor-layout-wrong",
    "diffusion_points--ema-misconfigured--reversed",
    "digits_plain--inputs-uninformative",
    "digits_plain--softmax-before-cross-entropy",
    "finetune_digits--parameters-frozen",
    "forecast_windows--shape-broadcast-in-loss",
    "gan_grid--loss-wrong-sign",
    "unet_blobs--label-format-wrong",
    "vae_digits--backward-missing",
)
HEALTHY = (
    "actor_critic--huber",
    "cancer_argparse--early-stopping",
    "cells_iris--quadrants",
    "char_lm",
    "digits_plain--smoothing",
    "finetune_digits--features-once",
    "forecast_windows--unshuffled+large-values",
    "gan_grid",
    "siamese_faces--normalised",
    "tagger--sgd+gru",
    "vae_digits--warm-up-kl",
)


def run(name: str, folder: Path) -> dict:
    """What `losscompass run` says of a program, as JSON."""
    script, out = folder / "train.py", folder / "said.json"
    script.write_text(PROGRAMS[name].source, "utf-8")
    command = [sys.executable, "-m", "losscompass", "run", "--format", "json", "--output", str(out)]
    environment = {**os.environ, "ZOO_SEED": "0", "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [*command, "--fail-on", "never", str(script)],
        cwd=folder,
        env=environment,
        capture_output=True,
        timeout=300,
        check=False,
    )
    assert out.exists(), done.stderr.decode("utf-8", "replace")[-2000:]
    return json.loads(out.read_text("utf-8"))


@pytest.mark.parametrize("name", FAULTY)
def test_the_cause_comes_first_with_its_line(name: str, tmp_path: Path) -> None:
    program = PROGRAMS[name]
    case = case_of(program, 0, "", run(name, tmp_path))
    assert case.first in program.causes, case.alarms
    if program.lines:
        assert case.lines[0] in program.lines


@pytest.mark.parametrize("name", HEALTHY)
def test_a_healthy_training_is_left_alone(name: str, tmp_path: Path) -> None:
    assert case_of(PROGRAMS[name], 0, "healthy", run(name, tmp_path)).alarms == ()
