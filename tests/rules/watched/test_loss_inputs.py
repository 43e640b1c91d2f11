"""What goes into the loss, and whether it is tied to the parameters."""

from math import e, log

import pytest
from watched_runs import PLACES, at, coverage, found, graph, loop, loss_call, model, only, stat, watched

from losscompass.diagnose.diagnosis import NotChecked
from losscompass.diagnose.engine import apply
from losscompass.evidence.records import Event
from losscompass.rules.loss import RULES
from losscompass.rules.value.softmax_before_cross_entropy import RULE as SOFTMAX

# -- softmax before cross-entropy --------------------------------------------------------------------------------------


def softmaxed(code, **data):
    made = {"input_ops": ("Softmax", "Addmm"), "input_min": 0.0, "rows_sum_low": 1.0, "rows_sum_high": 1.0}
    return loss_call(places={"at": PLACES["loss"], "input-op": at(code, 13)}, **{**made, **data})


@pytest.mark.parametrize(
    ("code", "after"),
    [
        ("out = F.softmax(model(x), dim=1)", "out = model(x)"),
        ("return torch.softmax(self.fc(x), dim=-1)", "return self.fc(x)"),
        ("out = model(x).softmax(1)", "out = model(x)"),
        ("loss = criterion(out.softmax(dim=-1), y)", "loss = criterion(out, y)"),
        ("x = self.softmax(x)", ""),
        ("return self.softmax(self.fc2(x))", "return self.fc2(x)"),
        ("out = nn.Softmax(dim=1)(out_raw)", "out = out_raw"),
        ("予測 = F.softmax(モデル(x), dim=1)  # 確率", "予測 = モデル(x)  # 確率"),
    ],
)
def test_the_softmax_is_taken_away(code, after):
    one = only("softmax-before-cross-entropy", softmaxed(code))
    assert one.change.before == code
    assert one.change.after == after
    assert one.values["floor"] == pytest.approx(log(1 + 9 / e))
    assert one.place.line == 13


@pytest.mark.parametrize("code", ["out = model(x)", "out = F.softmax(", "p, q = F.softmax(a, 1), F.softmax(b, 1)", ""])
def test_a_line_that_does_not_show_it_is_named_only(code):
    one = only("softmax-before-cross-entropy", softmaxed(code))
    assert one.change is None
    assert one.place.line == (
        13 if "softmax" in code else 14
    )  # a layer of the model: the loss that is given its output


def test_where_no_graph_is_seen_the_numbers_tell():
    numbers = {"rows_sum_low": 0.9999, "rows_sum_high": 1.0001, "input_min": 0.01, "input_max": 0.9}
    assert found("softmax-before-cross-entropy", loss_call(input_ops=(), **numbers))
    assert found("softmax-before-cross-entropy", loss_call(input_ops=("View", "Softmax", "Addmm")))
    assert not found("softmax-before-cross-entropy", loss_call(input_ops=(), **{**numbers, "rows_sum_high": 1.2}))


@pytest.mark.parametrize(
    "ops", [("Addmm",), ("LogSoftmax", "Addmm"), ("Log", "Softmax", "Addmm"), ("Div", "Addmm"), ("Mm", "Softmax")]
)
def test_scores_and_logarithms_are_right_for_cross_entropy(ops):
    assert found("softmax-before-cross-entropy", loss_call(input_ops=ops)) == ()


def test_probabilities_are_right_elsewhere():
    assert found("softmax-before-cross-entropy", loss_call("mse_loss", input_ops=("Softmax",))) == ()
    assert found("softmax-before-cross-entropy", loss_call(input_ops=("Softmax",), phase="val")) == ()


def test_a_run_whose_loss_was_not_seen_is_not_called_clear():
    assert isinstance(apply(SOFTMAX, watched(loop()), strict=True), NotChecked)


# -- sigmoid before BCE with logits --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "after"),
    [
        ("out = torch.sigmoid(model(x))", "out = model(x)"),
        ("return self.head(x).sigmoid()", "return self.head(x)"),
        ("p = self.sigmoid(self.out(h)).squeeze(1)", "p = self.out(h).squeeze(1)"),
    ],
)
def test_the_sigmoid_is_taken_away(code, after):
    ops = ("Squeeze", "Sigmoid", "Addmm")
    call = loss_call("binary_cross_entropy_with_logits", input_ops=ops, places={"input-op": at(code)})
    assert only("sigmoid-before-bce-with-logits", call).change.after == after


@pytest.mark.parametrize(
    ("function", "ops"),
    [
        ("binary_cross_entropy_with_logits", ("Addmm",)),
        ("binary_cross_entropy_with_logits", ()),
        ("binary_cross_entropy_with_logits", ("Mul", "Sigmoid", "Addmm")),  # a gate, not the last step
        ("binary_cross_entropy", ("Sigmoid", "Addmm")),  # right for this one
        ("mse_loss", ("Sigmoid",)),
    ],
)
def test_a_sigmoid_elsewhere_is_sound(function, ops):
    assert found("sigmoid-before-bce-with-logits", loss_call(function, input_ops=ops)) == ()


# -- log-probabilities -----------------------------------------------------------------------------------------------------


def test_probabilities_for_nll():
    call = loss_call(
        "nll_loss",
        input_ops=("Softmax", "Addmm"),
        value=-0.1,
        places={"input-op": at("loss = F.nll_loss(F.softmax(out, dim=1), y)")},
    )
    assert only("log-probs-expected", call).change.after == "loss = F.nll_loss(F.log_softmax(out, dim=1), y)"


def test_raw_scores_for_nll():
    assert found("log-probs-expected", loss_call("nll_loss", input_ops=("Addmm",), input_max=0.7))


def test_a_module_of_the_users_own_name_is_not_renamed():
    call = loss_call("nll_loss", input_ops=("Softmax",), places={"input-op": at("x = self.softmax(x)")})
    assert only("log-probs-expected", call).change is None


@pytest.mark.parametrize(
    ("function", "ops", "high"),
    [
        ("nll_loss", ("LogSoftmax", "Addmm"), -0.1),
        ("nll_loss", ("Log", "Softmax"), -0.1),
        ("nll_loss", ("Mul", "LogSoftmax"), 2.0),  # a policy's, weighted by the advantage
        ("kl_div", ("LogSoftmax",), -0.1),
        ("kl_div", ("Log", "Softmax"), -0.1),
        ("cross_entropy", ("Addmm",), 3.0),
    ],
)
def test_log_probabilities_are_right(function, ops, high):
    assert found("log-probs-expected", loss_call(function, input_ops=ops, input_max=high)) == ()


# -- shapes ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("predicted", "wanted", "code", "after"),
    [
        ((32, 1), (32,), "loss = F.mse_loss(model(x), y)", "loss = F.mse_loss(model(x).squeeze(-1), y)"),
        ((32,), (32, 1), "loss = criterion(pred, y)", "loss = criterion(pred, y.squeeze(-1))"),
        ((32, 1), (32,), "return self.loss(a + b, y) * 2", "return self.loss((a + b).squeeze(-1), y) * 2"),
    ],
)
def test_broadcast(predicted, wanted, code, after):
    call = loss_call("mse_loss", input_shape=predicted, target_shape=wanted, places={"at": at(code)})
    one = only("shape-broadcast-in-loss", call)
    assert one.change.after == after
    assert (one.values["compared"], one.values["wanted"]) == (1024, 32)


def test_a_broadcast_without_a_plain_call_is_only_named():
    call = loss_call("mse_loss", input_shape=(8, 1), target_shape=(8,), places={"at": at("return f(*args)")})
    assert only("shape-broadcast-in-loss", call).change is None


@pytest.mark.parametrize(
    ("function", "predicted", "wanted"),
    [
        ("mse_loss", (32, 1), (32, 1)),
        ("mse_loss", (32, 1), ()),  # a GAN's "real", one number
        ("mse_loss", (32, 5), (5,)),  # the same target for all
        ("mse_loss", (32, 5), (32, 1)),
        ("mse_loss", (1, 1), (1,)),  # a batch of one: the same pair
        ("cross_entropy", (32, 10), (32,)),
        ("mse_loss", (32, 3), (32, 4)),  # torch refuses by itself
    ],
)
def test_shapes_that_are_meant(function, predicted, wanted):
    call = loss_call(function, input_shape=predicted, target_shape=wanted)
    assert found("shape-broadcast-in-loss", call) == ()


# -- a cut graph -----------------------------------------------------------------------------------------------------------


def test_a_new_leaf_is_back_propagated():
    places = {"loss": at("loss = torch.tensor(criterion(out, y).item(), requires_grad=True)", 14)}
    cut = coverage(held_not_reached=4, held_not_reached_names=("fc.weight", "fc.bias"), reached_held=0)
    bare = loop(loss_without_graph=100, places=places)
    one = only("loss-detached", model(), bare, graph(root_is_leaf=True), cut)
    assert one.place.line == 14
    assert one.values["names"] == "fc.weight, fc.bias"


def test_torchs_own_error_says_so():
    words = "element 0 of tensors does not require grad and does not have a grad_fn"
    failed = Event("failed", 0, {"type": "RuntimeError", "message": words})
    places = {"loss": at("loss = criterion(out.detach(), y)", 14)}
    one = only("loss-detached", model(), loop(0, backwards=0, failed_backwards=1, places=places), failed)
    assert one.change.after == "loss = criterion(out, y)"


def test_losses_without_a_graph_that_nobody_misses():
    assert found("loss-detached", model(), loop(backwards=0, loss_without_graph=100))


def test_a_part_is_cut():
    cut = {
        "cut": 2,
        "cut_names": ("encoder.weight", "encoder.bias"),
        "held_not_reached_names": ("encoder.weight", "encoder.bias"),
    }
    places = {"at": PLACES["optimizer"], "cut": at("h = self.encoder(x).detach()", 33, "forward")}
    one = only("loss-detached", model(), loop(), graph(), coverage(places=places, **cut))
    assert one.change.after == "h = self.encoder(x)"
    assert one.severity == "warning"
    assert found("loss-detached", model(loaded=True), loop(), graph(), coverage(places=places, **cut)) == ()
    moved = [stat("encoder.weight", "gradient", norm=0.1), stat("encoder.bias", "gradient", norm=0.1)]
    assert found("loss-detached", model(), loop(), graph(), coverage(**cut), tensors=moved) == ()
    later = coverage(step=3)  # reached in its turn
    assert found("loss-detached", model(), loop(), graph(), coverage(**cut), later) == ()


@pytest.mark.parametrize(
    "events",
    [
        [model(), loop(), graph(), coverage()],
        [model(trainable=0), loop(backwards=0, loss_without_graph=100)],  # frozen, another rule's
        [model(), loop(loss_without_graph=50), graph(), coverage()],  # values that are only logged
        [model(), loop(losses=2, loss_without_graph=2, backwards=0, steps=0)],
        # a critic's turn: the generator is cut off, and held by another optimiser
        [model(), model(1), loop(), graph(), coverage(cut=4, cut_names=("0.weight",), optimizer=1)],
    ],
)
def test_what_is_cut_on_purpose(events):
    assert found("loss-detached", *events) == ()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_before_the_first_loss_nothing_is_said(rule):
    assert isinstance(apply(rule, watched(model()), strict=True), NotChecked)
