"""The order and the values of the data, activations, and the pace of the scheduler."""

import pytest
from watched_runs import PLACES, RULES, at, coverage, found, graph, loop, loss_call, model, only, range_of

from losscompass.diagnose.engine import apply
from losscompass.evidence.build import build
from losscompass.evidence.records import Event, Fact, ScalarBlock

# -- non-finite data ---------------------------------------------------------------------------------------------------


def non_finite(what, step, **data):
    return Event("non-finite", step, {"what": what, "share": 0.01, "phase": "train", **data}, {"at": PLACES["forward"]})


def test_nan_in_the_inputs_reaches_the_loss():
    one = only("non-finite-data", non_finite("input", 7), non_finite("loss", 7), non_finite("weight", 8))
    assert one.onset == 7
    assert one.place == PLACES["forward"]


def test_nan_in_the_targets():
    assert found("non-finite-data", non_finite("target", 3), non_finite("loss", 3))


@pytest.mark.parametrize(
    "events",
    [
        [loop()],
        [non_finite("input", 0)],  # masked by the model: the loss stays finite
        [non_finite("loss", 5), non_finite("weight", 6)],  # divergence
        [non_finite("weight", 5), non_finite("input", 6)],  # what a broken network gave comes back
    ],
)
def test_non_finite_for_other_reasons(events):
    assert found("non-finite-data", *events) == ()


# -- order ---------------------------------------------------------------------------------------------------------------


def labels(**data):
    made = {
        "batches": 30,
        "samples": 960,
        "classes": 10,
        "purity": 0.99,
        "purity_expected": 0.19,
        "changes": 0.01,
        "changes_expected": 0.9,
        "monotone": 0.99,
        "loader": 0,
    }
    return Event("labels", 30, {**made, **data}, {"at": at("loader = DataLoader(data, batch_size=32)", 5)})


def loader(**data):
    made = {"loader": 0, "shuffled": False, "sampler": "SequentialSampler", "batch_size": 32}
    return Event("loader", 0, {**made, **data}, {"at": at("loader = DataLoader(data, batch_size=32)", 5)})


def test_sorted_by_label():
    one = only("data-not-shuffled", labels(), loader(), loss_call())
    assert one.change.after == "loader = DataLoader(data, batch_size=32, shuffle=True)"
    assert one.values["purity"] == 0.99


def test_shuffle_is_set_where_it_is_written_as_false():
    off = loader()
    off.places["at"] = at("loader = DataLoader(data, shuffle=False, batch_size=32)", 5)
    assert (
        only("data-not-shuffled", labels(), off).change.after
        == "loader = DataLoader(data, shuffle=True, batch_size=32)"
    )


def test_batches_cut_by_hand():
    one = only("data-not-shuffled", Event("labels", 1, labels(loader=-1).data, {"at": PLACES["loss"]}))
    assert one.change is None


@pytest.mark.parametrize(
    "events",
    [
        [labels(purity=0.2, changes=0.89), loader()],
        [labels(), loader(shuffled=True)],  # class by class on purpose, shuffled in each
        [labels(), loader(sampler="ClassBalancedSampler")],
        [labels(purity=0.25, changes=0.25), loader()],  # four of a class in a row, eight classes: metric learning
        [labels(purity=1.0, purity_expected=1.0, changes=0.9), loader()],  # batches of one
        [labels(purity=0.97, purity_expected=0.97, changes=0.05, changes_expected=0.058), loader()],  # rare positives
        [labels(samples=40), loader()],
        [labels(classes=2, purity=1.0, purity_expected=0.55, changes=0.03, changes_expected=0.5), loader()],  # a GAN's
        [labels(classes=1, purity=1.0, purity_expected=1.0, changes=0.0, changes_expected=0.0), loader()],
        [labels(), loader(), loss_call(input_shape=(2, 5, 64, 64), target_shape=(2, 64, 64))],  # pixels
        [Event("labels", 30, {"monotone": 1.0, "samples": 960, "loader": 0}), loader()],  # numbers: a time series
    ],
)
def test_orders_that_are_meant(events):
    assert found("data-not-shuffled", *events) == ()


# -- activations -----------------------------------------------------------------------------------------------------------

LINEAR = {"linear_layers": 3, "linear_run": 3, "nonlinearities": 0, "ops": ("Addmm×3", "NllLoss×1")}


def test_no_activation():
    places = {
        "at": PLACES["backward"],
        "earlier-layer": at("x = self.fc1(x)", 20, "forward"),
        "layer": at("x = self.fc2(x)", 21, "forward"),
    }
    one = only("no-nonlinearity", graph(**LINEAR, places=places), loss_call())
    assert one.change.after == "x = self.fc1(x).relu()"
    assert one.values["layers"] == 3


def test_no_activation_between_nested_layers():
    places = {"at": PLACES["backward"], "layer": at("return self.fc2(self.fc1(x))", 20, "forward")}
    assert only("no-nonlinearity", graph(**LINEAR, places=places)).change.after == "return self.fc2(self.fc1(x).relu())"


def test_a_sequential_shows_its_call_only():
    places = {"layer": at("out = model(x)"), "earlier-layer": at("out = model(x)")}
    assert only("no-nonlinearity", graph(**LINEAR, places=places)).change is None


TWO = {"linear_layers": 2, "linear_run": 2, "nonlinearities": 0, "ops": ("Addmm×2", "MseLoss×1")}


@pytest.mark.parametrize(
    ("events", "facts"),
    [
        ([graph()], {}),
        ([graph(linear_layers=1, linear_run=1, nonlinearities=0)], {}),  # a linear or logistic regression
        ([graph(linear_layers=8, linear_run=2, nonlinearities=3)], {}),  # low rank inside of a network
        ([graph(linear_layers=2, linear_run=1, nonlinearities=0)], {}),  # two towers, two heads
        ([graph(**{**TWO, "ops": ("Embedding×1", "Addmm×2")})], {}),  # a bag of words
        (
            [
                graph(**TWO),
                Event("batch", 0, {"phase": "train", "shape": (32, 64)}),
                loss_call("mse_loss", target_shape=(32, 64)),
            ],
            {},
        ),  # a linear autoencoder: principal components
        ([graph(linear_layers=0, linear_run=0, nonlinearities=0)], {"compiled": True}),
    ],
)
def test_linear_on_purpose(events, facts):
    assert found("no-nonlinearity", *events, facts=facts) == ()


# -- the scheduler -----------------------------------------------------------------------------------------------------------


def scheduler(kind, code="", **data):
    made = {
        "scheduler": 0,
        "class": kind,
        "optimizer": 0,
        "calls": 1000,
        "steps": 1000,
        "epochs": 10,
        "calls_per_epoch": 100.0,
        "steps_per_epoch": 100.0,
        "lr_first": 0.1,
        "lr_last": 1e-9,
    }
    return Event("scheduler", 1000, {**made, **data}, {"at": at(code, 9), "step": at("scheduler.step()", 17)})


@pytest.mark.parametrize(
    ("kind", "data", "code", "after"),
    [
        ("StepLR", {"step_size": 10, "gamma": 0.1}, "StepLR(opt, step_size=10, gamma=0.1)", "step_size=10 * 100,"),
        ("StepLR", {"step_size": 10, "gamma": 0.1}, "StepLR(opt, 10, 0.1)", "StepLR(opt, 10 * 100, 0.1)"),
        ("ExponentialLR", {"gamma": 0.9}, "lr_scheduler.ExponentialLR(opt, 0.9)", "0.9 ** (1 / 100)"),
        ("MultiStepLR", {"milestones": (30, 40)}, "MultiStepLR(opt, [30, 40])", "[100 * epoch for epoch in [30, 40]]"),
        ("CosineAnnealingLR", {"T_max": 10}, "CosineAnnealingLR(opt, T_max=epochs)", "T_max=epochs * 100"),
        ("ReduceLROnPlateau", {"patience": 5, "lr_low": 1e-9, "lr_high": 0.1}, "ReduceLROnPlateau(opt)", None),
    ],
)
def test_by_the_batch_what_counts_epochs(kind, data, code, after):
    one = only("scheduler-step-frequency", scheduler(kind, f"scheduler = {code}", **data))
    assert one.change is None if after is None else after in one.change.after
    assert one.values["calls"] == 100


@pytest.mark.parametrize(("kind", "key"), [("OneCycleLR", "total_steps"), ("CosineAnnealingLR", "T_max")])
def test_by_the_epoch_what_counts_batches(kind, key):
    slow = {"calls": 10, "calls_per_epoch": 1.0, key: 1000, "lr_last": 0.1}
    one = only("scheduler-step-frequency", scheduler(kind, **slow), facts={"ended": "finished"})
    assert one.place.code == "scheduler.step()"
    assert found("scheduler-step-frequency", scheduler(kind, **slow)) == ()  # still running: who knows


def test_a_decay_that_is_over_long_before_the_end():
    decay = {
        "step_size": 30,
        "gamma": 0.1,
        "epochs": 60,
        "calls_per_epoch": 25.0,
        "steps_per_epoch": 25.0,
        "calls": 1500,
    }
    one = only("scheduler-step-frequency", scheduler("StepLR", **decay))
    assert one.place.code == "scheduler.step()"
    for sound in ({"step_size": 400}, {"gamma": 0.9}, {"epochs": 20}, {"calls_per_epoch": 1.0}):
        assert found("scheduler-step-frequency", scheduler("StepLR", **{**decay, **sound})) == ()


def cycle(ended="finished", **data):
    made = {"total_steps": 8000, "calls": 200, "lr_first": 1e-4, "lr_last": 1.2e-4, **data}
    records = [Fact("watched", value=True), Fact("ended", ended), ScalarBlock("lr", range_of([1e-4] * 30), [1e-4] * 30)]
    (run,) = build([*records, scheduler("OneCycleLR", **{"calls_per_epoch": 8.0, **made})], "watched")
    return apply(RULES["scheduler-misconfigured"], run, strict=True)


def test_a_cycle_that_the_run_ends_in_the_midst_of():
    (one,) = cycle()
    assert one.place.line == 9
    assert cycle("interrupted") == cycle(total_steps=600) == cycle(lr_last=5e-5) == ()


BY_EPOCH = {"calls": 10, "calls_per_epoch": 1.0}


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("OneCycleLR", {"total_steps": 1000}),
        ("CyclicLR", {}),
        ("CosineAnnealingLR", {"T_max": 1000}),
        ("CosineAnnealingLR", {"T_max": 100, "epochs": 2, "calls": 200}),
        ("CosineAnnealingWarmRestarts", {}),
        ("StepLR", {"step_size": 1000, "gamma": 0.1}),  # counted in batches
        ("StepLR", {"step_size": 10, "gamma": 0.1, "epochs": 1}),  # a single pass over a large corpus
        ("StepLR", {"step_size": 3, "gamma": 0.1, **BY_EPOCH}),
        ("ExponentialLR", {"gamma": 0.9999}),
        ("ExponentialLR", {"gamma": 0.5, **BY_EPOCH}),
        ("MultiStepLR", {"milestones": (300, 600)}),
        ("MultiStepLR", {"milestones": (3, 6), **BY_EPOCH}),
        ("CosineAnnealingLR", {"T_max": 10, **BY_EPOCH}),
        ("OneCycleLR", {"total_steps": 10, **BY_EPOCH}),  # the whole cycle, by the epoch
        ("CosineAnnealingLR", {"T_max": 50, **BY_EPOCH}),  # stopped early
        ("LambdaLR", {}),
        ("ReduceLROnPlateau", {"patience": 500, "lr_low": 1e-9, "lr_high": 0.1}),
        (
            "StepLR",
            {"step_size": 1, "gamma": 0.1, "steps_per_epoch": 1.0, "calls_per_epoch": 1.0},
        ),  # one batch an epoch
    ],
)
def test_paces_that_are_right(kind, data):
    assert found("scheduler-step-frequency", scheduler(kind, **data), facts={"ended": "finished"}) == ()


def test_a_sound_training_says_nothing():
    sound = [model(), loop(), loss_call(), graph(), coverage(), labels(purity=0.2, changes=0.9), loader(shuffled=True)]
    for id_ in ("non-finite-data", "data-not-shuffled", "no-nonlinearity", "scheduler-step-frequency"):
        assert found(id_, *sound) == ()


# -- a model too small ---------------------------------------------------------------------------------------------------


def data_look(kind, columns, **data):
    made = {"kind": kind, "columns": columns, "features": 8, "model": 0, "loss": 0, "train": 300, "val": 200}
    plain = {f"{part}_{way}": 0.95 for part in ("train", "val", "across") for way in ("near", "ridge")}
    net = {"train_net": 0.4, "val_net": 0.4, "train_net_rows": 300, "val_net_rows": 200}
    return Event("data-look", 100, {**made, **plain, **net, **data}, {"at": PLACES["loss"]})


def test_a_head_of_one_unit_is_no_narrow_layer():
    """Of a model with several tasks, the layer of one unit may be the last one: what a regression asks for."""
    rest = ScalarBlock("train/loss", range(100), [1.0 + 0.01 * (step % 3) for step in range(100)])
    narrow = model(narrowest=1, trainable=400)
    alone = found("underfit-capacity", rest, narrow, data_look("class", 3))
    assert alone
    assert alone[0].values["width"] == 1
    assert found("underfit-capacity", rest, narrow, data_look("class", 3), data_look("number", 1, loss=1)) == ()
    assert found("underfit-capacity", rest, narrow, data_look("class", 3), data_look("binary", 2, loss=1)) == ()


# -- batch norm ------------------------------------------------------------------------------------------------------------

ALONE = "Expected more than 1 value per channel when training, got input size torch.Size([1, 24])"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("train = DataLoader(a, batch_size=8, shuffle=True)\nval = DataLoader(b, batch_size=8)\n", 1),
        ("def batches(x, n):\n    for at in range(0, len(x), n):\n        yield x[at : at + n]\n", 2),
        ("for rows in torch.randperm(161).split(8):\n    step(x[rows])\n", 1),
        ("train = DataLoader(a, batch_size=8, shuffle=True, drop_last=True)\n", PLACES["forward"].line),
    ],
)
def test_a_last_batch_of_one_sample(text, line):
    failed = Event("failed", 20, {"type": "ValueError", "message": ALONE}, {"at": PLACES["forward"]})
    source = Event("source", 0, {"file": "train.py", "text": text})
    one = only("batch-norm-small-batch", model(batch_norm=2), loop(20), failed, source)
    assert one.onset == 20
    assert one.place.line == line
    assert found("batch-norm-small-batch", model(), loop(20), failed, source) == ()


# -- generators --------------------------------------------------------------------------------------------------------------


def generated(step, spread, covered=0.1):
    data = {"spread": spread, "real_spread": 1.0, "nearest": spread / 20, "real_nearest": 0.2, "covered": covered}
    return Event("generated", step, data, {"at": PLACES["forward"]})


def test_a_generator_that_stays_narrow_to_the_end():
    looks = [generated(0, 0.1), generated(50, 0.9), *(generated(step, 0.3) for step in (200, 300, 400))]
    assert found("gan-mode-collapse", loop(450), *looks)
    assert not found("gan-mode-collapse", loop(2000), *looks), "what comes of it was not seen"
