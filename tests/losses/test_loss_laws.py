"""The laws that every loss obeys: one battery over all of them."""

import importlib
import importlib.util
import math
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import losscompass.losses
from losscompass.losses.all import ALL, close, find
from losscompass.losses.base import Setting, TargetStatistics
from losscompass.losses.expectation import expected_cross_entropy
from losscompass.text.catalogue import LANGUAGES, catalogue

ROOM = Path(losscompass.losses.__file__).parent
EACH = pytest.mark.parametrize("loss", ALL, ids=lambda loss: loss.id)
SECTIONS = [
    "what-it-measures",
    "when-to-take-it",
    "when-not",
    "what-goes-wrong-silently",
    "reading-its-value",
    "references",
]
TASKS = {
    "binary",
    "multiclass",
    "multilabel",
    "regression",
    "segmentation",
    "detection",
    "embedding",
    "language-model",
    "generative",
    "rl",
}


# -- names ---------------------------------------------------------------------------------------------------------------


def test_ids_are_unique():
    assert len({loss.id for loss in ALL}) == len(ALL)


@EACH
def test_a_loss_lies_in_the_file_of_its_name(loss):
    path = ROOM / loss.family / f"{loss.id.replace('-', '_')}.py"
    assert path.is_file()
    module = importlib.import_module(f"losscompass.losses.{loss.family}.{path.stem}")
    assert module.LOSS is loss


def test_every_file_of_a_loss_is_in_the_catalogue():
    files = {path.stem.replace("_", "-") for path in ROOM.glob("*/*.py") if not path.stem.startswith("_")}
    assert files == {loss.id for loss in ALL}


@EACH
def test_a_loss_is_found_by_its_id_however_it_is_typed(loss):
    snake = loss.id.replace("-", "_")
    for name in (loss.id, snake, loss.id.upper(), f"torch.nn.functional.{snake}", f"{snake}_loss"):
        assert find(name) is loss, name


@EACH
def test_every_alias_finds_a_loss_and_is_no_id_of_another(loss):
    for alias in loss.aliases:
        assert find(alias) is not None, alias


def test_no_two_losses_share_an_alias():
    taken = {}
    for loss in ALL:
        for alias in (loss.id, *loss.aliases):
            taken.setdefault(alias.casefold(), set()).add(loss.id)
    assert {alias: ids for alias, ids in taken.items() if len(ids) > 1} == {}


@pytest.mark.parametrize(
    ("name", "id_"),
    [
        ("nn.MSELoss", "mse"),
        ("L1Loss", "mae"),
        ("F.cross_entropy", "cross-entropy"),
        ("CE", "cross-entropy"),
        ("BCEWithLogitsLoss", "bce-with-logits"),
        ("bce_with_logits", "bce-with-logits"),
        ("Quantile Loss", "pinball"),
        ("kldiv", "kl-divergence"),
        ("sparse_categorical_crossentropy", "cross-entropy"),
    ],
)
def test_what_people_type_is_found(name, id_):
    assert find(name).id == id_


def test_what_is_no_loss_is_not_found():
    assert find("") is None
    assert find("loss") is None
    assert find("frobnicate") is None
    assert "cross-entropy" in close("cros-entropy")


# -- words ---------------------------------------------------------------------------------------------------------------


@EACH
@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_loss_has_words(loss, lang):
    words = catalogue(lang).words(loss.id)
    assert words is not None
    assert words.title
    assert words.message
    assert list(words.sections) == SECTIONS
    assert all(words.sections.values())


@EACH
@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_mistake_that_it_takes_silently_is_explained(loss, lang):
    text = catalogue(lang).section(loss.id, "what-goes-wrong-silently")
    assert [one for one in loss.contract.silent if f"`{one}`" not in text] == []
    assert text.count("\n- ") + 1 == len(loss.contract.silent)


@EACH
@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_fault_that_a_number_names_has_words(loss, lang):
    words = catalogue(lang)
    causes = {fault.cause for fault in loss.faults}
    assert {one for one in causes if not (words.has(f"judge.cause.{one}") or words.words(one))} == set()


# -- contract ------------------------------------------------------------------------------------------------------------


@EACH
def test_its_code_is_python(loss):
    compile(loss.code, loss.id, "exec")


@EACH
def test_its_implementation_can_be_imported(loss):
    parts = loss.implementation.split(".")
    if importlib.util.find_spec(parts[0]) is None:
        pytest.skip(f"{parts[0]} is not installed")
    if parts[0] in {"torch", "losscompass"}:
        pytest.importorskip("torch")
    module, rest = importlib.import_module(parts[0]), parts[1:]
    for count, part in enumerate(rest, 2):
        if not hasattr(module, part):
            importlib.import_module(".".join(parts[:count]))
        module = getattr(module, part)
    assert callable(module)


@EACH
def test_its_tasks_and_parameters_are_sound(loss):
    assert set(loss.tasks) <= TASKS
    names = [one.name for one in loss.parameters]
    assert len(set(names)) == len(names)
    for one in loss.parameters:
        assert one.low <= one.default <= one.high
        assert loss.default(one.name) == one.default
    with pytest.raises(KeyError):
        loss.default("no-such-parameter")


@EACH
def test_its_curve_is_finite(loss):
    if loss.curve is None:
        return
    x = np.linspace(*loss.curve_range, 201)
    y = loss.curve(x)
    assert y.shape == x.shape
    assert np.isfinite(y).all()


@EACH
def test_corners_are_told_where_there_are_some(loss):
    if loss.smooth != "everywhere":
        assert loss.corners


# -- readings ------------------------------------------------------------------------------------------------------------

SHARES = st.lists(st.floats(0.01, 1.0), min_size=2, max_size=12).map(lambda many: np.array(many) / sum(many))
LONE = st.floats(0.0, 1.0).map(lambda share: np.array([share]))


@st.composite
def targets(draw):
    values = np.array(draw(st.lists(st.floats(0, 50), min_size=2, max_size=40)))
    values = values - draw(st.sampled_from([0.0, values.mean()]))
    variance = float(values.var())
    return TargetStatistics(
        mean=float(values.mean()),
        variance=variance,
        mean_absolute_deviation=float(np.abs(values - np.median(values)).mean()),
        mean_absolute=float(np.abs(values).mean()),
        minimum=float(values.min()),
        maximum=float(values.max()),
        noise_variance=draw(st.floats(0, 1)) * variance,
        values=draw(st.sampled_from([values, None])),
    )


@st.composite
def any_setting(draw, loss):
    """What a user may tell of the task for this loss: all of it, or hardly anything."""
    many = draw(SHARES)
    priors = draw(st.sampled_from([None, many]))
    if "binary" in loss.tasks and "multiclass" not in loss.tasks and priors is not None:
        priors = draw(LONE)
    weights = None
    if priors is not None and draw(st.booleans()):
        weights = np.array(draw(st.lists(st.floats(0.1, 9), min_size=len(priors), max_size=len(priors))))
    bounded = {
        one.name: draw(
            st.floats(max(one.low, one.default / 2), min(one.high, max(one.default * 2, one.default + 1e-9)))
        )
        for one in loss.parameters
        if one.default > 0
    }
    return Setting(
        classes=len(priors) if priors is not None else draw(st.sampled_from([None, 2, 10, 1000])),
        priors=priors,
        weights=weights,
        positive_weight=draw(st.sampled_from([1.0, 0.5, 7.0])),
        smoothing=draw(st.sampled_from([0.0, 0.1, 0.5])),
        reduction=draw(st.sampled_from(["mean", "sum"])),
        count=draw(st.sampled_from([None, 1, 640])),
        target=draw(st.one_of(st.none(), targets())),
        parameters=draw(st.sampled_from([{}, bounded])),
    )


@EACH
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_readings_are_finite_and_in_order(loss, data):
    setting = data.draw(any_setting(loss))
    readings = loss.readings(loss, setting)
    for one in (readings.start, readings.baseline, readings.floor):
        assert one is None or math.isfinite(one)
    known = [one for one in (readings.floor, readings.baseline, readings.start) if one is not None]
    if loss.direction == -1 and not readings.notes:
        # up to rounding, which grows with the size of the numbers
        assert all(low <= high + 1e-9 * max(1, abs(high), abs(known[-1])) for low, high in pairwise(known))
    words = catalogue("en")
    for note in readings.notes:
        assert words.has(f"judge.note.{note}"), note
        assert catalogue("ja").has(f"judge.note.{note}"), note
    for fault in loss.faults:
        value = fault.value(setting)
        assert value is None or math.isfinite(value)


@EACH
@settings(max_examples=12, deadline=None)
@given(data=st.data())
def test_the_order_of_the_classes_does_not_matter(loss, data):
    priors = data.draw(SHARES)
    if "binary" in loss.tasks and "multiclass" not in loss.tasks:
        priors = data.draw(LONE)
    setting = Setting(classes=len(priors), priors=priors, weights=np.linspace(1, 2, len(priors)))
    order = np.random.default_rng(0).permutation(len(priors))
    other = replace(setting, priors=priors[order], weights=setting.weights[order])
    one, two = loss.readings(loss, setting), loss.readings(loss, other)
    assert one.notes == two.notes
    for left, right in zip((one.start, one.baseline, one.floor), (two.start, two.baseline, two.floor), strict=True):
        assert (left is right is None) or left == pytest.approx(right, rel=1e-9, abs=1e-12)


@EACH
def test_a_sum_is_the_mean_times_the_count(loss):
    priors = np.array([0.3]) if loss.id == "hinge" else np.array([0.5, 0.3, 0.2])
    setting = Setting(classes=len(priors), priors=priors, target=None)
    mean = loss.readings(loss, setting)
    total = loss.readings(loss, replace(setting, reduction="sum", count=10))
    for one, ten in zip(
        (mean.start, mean.baseline, mean.floor), (total.start, total.baseline, total.floor), strict=True
    ):
        assert ten is None if one is None else ten == pytest.approx(10 * one) or ten == pytest.approx(one)


def test_what_is_known_before_training_agrees_with_what_is_known_from_even_logits():
    loss = find("cross-entropy")
    for classes in (2, 10, 100):
        start = loss.readings(loss, Setting(classes=classes)).start
        assert start == pytest.approx(expected_cross_entropy(np.zeros((3, classes))).value)
