"""Runs made of the events that a watcher writes: what a sound small training tells, and changes to it."""

from losscompass.diagnose.engine import apply
from losscompass.evidence.build import build
from losscompass.evidence.records import Event, Fact, Place, ScalarBlock, TensorStat
from losscompass.rules.all import ALL

RULES = {rule.id: rule for rule in ALL}


def at(code, line=10, function="train", file="train.py"):
    return Place(file=file, line=line, code=code, function=function)


PLACES = {
    "optimizer": at("optimizer = torch.optim.SGD(model.parameters(), lr=0.1)", 8),
    "zero": at("optimizer.zero_grad()", 12),
    "forward": at("out = model(x)", 13),
    "loss": at("loss = F.cross_entropy(out, y)", 14),
    "backward": at("loss.backward()", 15),
    "step": at("optimizer.step()", 16),
}


def optimizer(number=0, **data):
    made = {"number": number, "class": "SGD", "variable": "optimizer", "groups": 1, "lr": 0.1, "tensors": 4}
    return Event("optimizer", 0, {**made, **data}, {"at": PLACES["optimizer"]})


def model(number=0, places=None, **data):
    made = {
        "number": number,
        "class": "Net",
        "variable": "model",
        "modules": 4,
        "parameters": 1000,
        "trainable": 1000,
        "dropout": 0,
        "batch_norm": 0,
        "loaded": False,
    }
    return Event("model", 0, {**made, **data}, places or {"at": PLACES["forward"]})


def loop(step=100, places=None, **data):
    made = {
        "optimizer": 0,
        "forwards": step,
        "backwards": step,
        "steps": step,
        "zero_grads": step,
        "steps_without_gradient": 0,
        "backwards_onto_old": 0,
        "backwards_per_step": 1.0,
        "failed_backwards": 0,
        "skipped_steps": 0,
        "order": "ZFBS",
        "mode_sensitive": 0,
        "train_checked": 10,
        "train_in_eval": 0,
        "val_checked": 0,
        "val_in_train": 0,
        "val_passes": 0,
        "epochs": 2,
        "loss_without_graph": 0,
        "losses": step,
    }
    known = {
        "at": PLACES["optimizer"],
        "forward": PLACES["forward"],
        "loss": PLACES["loss"],
        "backward": PLACES["backward"],
        "step": PLACES["step"],
        "zero-grad": PLACES["zero"],
    }
    spots = {**known, **(places or {})}
    return Event("loop", step, {**made, **data}, {key: spot for key, spot in spots.items() if spot is not None})


def loss_call(function="cross_entropy", places=None, step=0, **data):
    made = {
        "site": 0,
        "function": function,
        "phase": "train",
        "reduction": "mean",
        "value": 2.3,
        "input_shape": (32, 10),
        "target_shape": (32,),
        "input_min": -1.0,
        "input_max": 1.0,
        "input_ops": ("Addmm",),
        "class_weights": False,
        "label_smoothing": 0.0,
    }
    return Event("loss-call", step, {**made, **data}, places or {"at": PLACES["loss"]})


def graph(step=0, places=None, **data):
    made = {
        "site": 0,
        "variable": "loss",
        "nodes": 20,
        "loss_nodes": 1,
        "earlier_losses": 0,
        "parameters": 4,
        "root_is_leaf": False,
        "linear_layers": 2,
        "nonlinearities": 1,
        "linear_run": 1,
        "ops": ("Addmm×2", "Relu×1", "NllLoss×1"),
    }
    return Event("graph", step, {**made, **data}, places or {"at": PLACES["backward"]})


def coverage(step=1, places=None, **data):
    made = {
        "optimizer": 0,
        "held": 4,
        "held_not_reached": 0,
        "held_not_reached_names": (),
        "held_frozen": 0,
        "held_frozen_names": (),
        "model_parameters": 4,
        "model_reached": 4,
        "reached_held": 4,
        "reached_not_held": 0,
        "reached_not_held_names": (),
        "reached_not_held_share": 0.0,
        "unregistered": 0,
        "unregistered_names": (),
        "cut": 0,
        "cut_names": (),
        "frozen": 0,
        "frozen_names": (),
        "frozen_share": 0.0,
        "frozen_loaded": False,
        "changed": 4,
    }
    return Event("coverage", step, {**made, **data}, places or {"at": PLACES["optimizer"], "model": PLACES["forward"]})


def sound():
    """What a sound training tells."""
    return [optimizer(), model(), loop(), loss_call(), graph(), coverage()]


def watched(*events, facts=(), tensors=(), losses=None):
    records = [Fact("watched", value=True), Fact("framework", "torch")]
    records += [Fact(name, value) for name, value in dict(facts).items()]
    if losses is not None:
        records.append(ScalarBlock("train/loss", range_of(losses), losses))
    (run,) = build([*records, *events, *tensors], "watched")
    return run


def range_of(values):
    import numpy as np

    return np.arange(float(len(values)))


def stat(tensor, kind, step=0, **stats):
    return TensorStat(tensor, kind, step, stats)


def found(rule_id, *events, **more):
    """What one rule finds in a run of these events."""
    outcome = apply(RULES[rule_id], watched(*events, **more), strict=True)
    assert isinstance(outcome, tuple), outcome
    return outcome


def only(rule_id, *events, **more):
    """The one thing that it finds."""
    (one,) = found(rule_id, *events, **more)
    return one
