"""Events as no watcher should write them: the names and keys of `docs/events.md`, with values of any kind."""

import re
from pathlib import Path

import numpy as np
from hypothesis import strategies as st

from losscompass.evidence.build import build
from losscompass.evidence.records import Event, Place, TensorStat

CONTRACT = (Path(__file__).parent.parent / "docs" / "events.md").read_text("utf-8")
KEYS = {
    name: tuple(dict.fromkeys(re.findall(r"`([A-Za-z_]+)`", body)))
    for name, body in re.findall(r"^### `([a-z-]+)`(.*?)(?=^### |\Z)", CONTRACT, re.DOTALL | re.MULTILINE)
}
SPOTS = tuple(
    dict.fromkeys([*re.findall(r"([a-z-]+): (?:where|the|a place|else)", CONTRACT), "at", "input-op", "step"])
)
WORDS = (
    *("", "train", "val", "FBZS", "ZFBS", "input", "loss", "model", "mean", "does not require grad"),
    *("cross_entropy", "nll_loss", "mse_loss", "binary_cross_entropy_with_logits"),
    *("StepLR", "CosineAnnealingLR", "MultiStepLR", "OneCycleLR", "SequentialSampler"),
)
VALUES = (
    None,
    True,
    False,
    0,
    1,
    2,
    3,
    7,
    100,
    -1,
    10**400,
    0.5,
    1.0,
    1e-300,
    1e300,
    float("nan"),
    float("inf"),
    -float("inf"),
)
TUPLES = (
    (),
    (32, 10),
    (32,),
    (32, 1),
    (1, 0),
    (float("nan"), 3),
    (None,),
    ("Softmax", "Addmm"),
    ("a.weight", "a.bias"),
    (-1, "x"),
)
LINES = (
    "",
    "loss.backward()",
    "optimizer.step()",
    "out = F.softmax(model(x), dim=1)",
    "x = x.softmax(1)",
    "loss = f(",
    "for x in y:",
    "return (yield)",
    "total += loss",
    "def f(): pass",
    "optimizer = Adam(model.parameters())",
    "\x00",
    "予測 = 模型(x)",
    "a = b = c = *d, *e",
    "(" * 300,
    "if x: step()\nelse: y()",
)


@st.composite
def any_events(draw):
    """A few events from few draws: hypothesis chooses names and a seed, numpy the rest."""
    names = draw(st.lists(st.sampled_from(sorted(KEYS)), max_size=8))
    rng = np.random.default_rng(draw(st.integers(0, 2**20)))
    sane = draw(st.floats(0, 1))  # share of the values that are small counts, so that deeper questions are asked too
    return tuple(_event(name, rng, sane) for name in names)


def _event(name, rng, sane):
    data = {}
    for key in KEYS[name]:
        if rng.random() < 0.8:
            pool = (WORDS, VALUES, TUPLES)[rng.choice(3, p=(0.3, 0.4, 0.3))]
            data[key] = int(rng.integers(0, 12)) if rng.random() < sane else pool[rng.integers(len(pool))]
    places = {
        key: Place("train.py", int(rng.integers(1, 5)), LINES[rng.integers(len(LINES))], str(rng.choice(["", "f"])))
        for key in SPOTS
        if rng.random() < 0.6
    }
    return Event(name, (None, 0.0, 3.0, float("nan"), -1.0)[rng.integers(5)], data, places)


@st.composite
def any_tensors(draw):
    """The tracks of a few tensors, by the key that a run has them under."""
    rng = np.random.default_rng(draw(st.integers(0, 2**20)))
    kinds = draw(st.lists(st.sampled_from(["weight", "gradient", "update", "activation"]), max_size=4))
    stats = ("norm", "mean", "std", "zero", "nonfinite", "size", "ratio", "dead", "saturated", "depth")
    numbers = [0.0, 1.0, -1.0, 0.5, 1e-30, 1e30, float("nan"), float("inf")]
    records = [
        TensorStat(f"layer{rng.integers(3)}.weight", kind, float(step), {s: float(rng.choice(numbers)) for s in stats})
        for kind in kinds
        for step in range(draw(st.integers(1, 4)))
    ]
    runs = build([Event("model", 0), *records], "made")
    return runs[0].tensors
