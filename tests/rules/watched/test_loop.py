"""The acts of the loop: what is a fault, and what good engineers do on purpose."""

import pytest
from watched_runs import PLACES, at, found, graph, loop, loss_call, model, only, optimizer, watched

from losscompass.diagnose.diagnosis import NotChecked
from losscompass.diagnose.engine import apply
from losscompass.evidence.records import Event
from losscompass.rules.loop import RULES
from losscompass.rules.loop.update_order_wrong import always_cleared

# -- missing-zero-grad -------------------------------------------------------------------------------------------------


def test_gradients_that_are_never_cleared():
    one = only("missing-zero-grad", loop(zero_grads=0, backwards_onto_old=99, places={"zero-grad": None}))
    assert one.place == PLACES["backward"]
    assert one.change.before == "loss.backward()"
    assert one.change.after == "optimizer.zero_grad()\nloss.backward()"
    assert (one.values["cleared"], one.values["old"]) == (0, 99)


def test_gradients_cleared_once_an_epoch():
    assert found("missing-zero-grad", loop(zero_grads=2, backwards_onto_old=97))


def test_the_users_own_name_is_used_and_the_scalers_argument():
    scaled = {"step": at("scaler.step(self.opt)", 16), "zero-grad": None}
    one = only("missing-zero-grad", loop(zero_grads=0, backwards_onto_old=99, places=scaled))
    assert one.change.after.splitlines()[0] == "self.opt.zero_grad()"


def test_with_accumulated_batches_it_is_cleared_behind_the_step():
    one = only("missing-zero-grad", loop(zero_grads=0, backwards=400, backwards_onto_old=99, backwards_per_step=4.0))
    assert one.change.after == "optimizer.step()\noptimizer.zero_grad()"


def test_a_step_on_the_line_of_its_condition_is_left_alone():
    places = {"step": at("if i % 4 == 0: optimizer.step()", 16)}
    one = only(
        "missing-zero-grad",
        loop(zero_grads=0, backwards=400, backwards_onto_old=99, backwards_per_step=4.0, places=places),
    )
    assert one.change is None
    assert one.place is not None


@pytest.mark.parametrize(
    "sound",
    [
        {},
        {"backwards": 400, "backwards_per_step": 4.0},  # accumulation: cleared every four batches
        {"zero_grads": 0},  # cleared by hand: `p.grad = None`
        {"backwards": 300},  # a GAN's critic, reached by the generator's loss, cleared before its own turn
        {"zero_grads": 0, "backwards_onto_old": 10},  # now and then something is left over
        {"zero_grads": 2000, "backwards": 2000},  # LBFGS: the closure clears each time
        {"steps": 2, "backwards": 2, "zero_grads": 0, "backwards_onto_old": 1},  # hardly begun
    ],
)
def test_clearing_otherwise_is_sound(sound):
    assert found("missing-zero-grad", loop(**sound)) == ()


# -- update-order-wrong ------------------------------------------------------------------------------------------------


def test_cleared_between_backward_and_step():
    places = {"zero-grad": at("optimizer.zero_grad()", 16), "step": at("optimizer.step()", 17)}
    one = only("update-order-wrong", loop(order="FBZS", steps_without_gradient=100, places=places))
    assert one.change.before == "loss.backward()\noptimizer.zero_grad()"
    assert one.change.after == "optimizer.zero_grad()\nloss.backward()"
    assert one.values["order"] == "forward → backward → zero_grad → step"


def test_step_before_backward():
    places = {"step": at("optimizer.step()", 15), "backward": at("loss.backward()", 16)}
    one = only("update-order-wrong", loop(order="ZFSB", steps_without_gradient=100, places=places))
    assert one.change.after == "loss.backward()\noptimizer.step()"
    assert one.place.line == 15


def test_lines_that_are_no_neighbours_are_named_and_not_moved():
    places = {"zero-grad": at("optimizer.zero_grad()", 20), "step": at("optimizer.step()", 30)}
    one = only("update-order-wrong", loop(order="FBZS", steps_without_gradient=99, places=places))
    assert one.change is None
    assert one.place.line == 20


@pytest.mark.parametrize(
    "order", ["ZFBS", "FZBS", "FBSZ", "ZFBCS", "FBFBFBSZ", "ZFBZFBS", "FBCSLZ", "ZFBSFBS", "", "FS"]
)
def test_orders_that_use_the_gradient(order):
    assert not always_cleared(order)


def test_steps_without_gradient_have_other_reasons_too():
    assert (
        found("update-order-wrong", loop(order="ZFBS", steps_without_gradient=100)) == ()
    )  # another model's parameters
    assert (
        found("update-order-wrong", loop(order="FBZS", steps_without_gradient=3)) == ()
    )  # now and then a batch is left out


# -- backward-missing, step-missing --------------------------------------------------------------------------------------


def test_no_backward():
    bare = {"backwards": 0, "steps_without_gradient": 100, "order": "ZFS"}
    one = only("backward-missing", loop(**bare, places={"backward": None}))
    assert one.change.after == "loss.backward()\noptimizer.step()"
    assert one.place == PLACES["step"]


@pytest.mark.parametrize(
    "sound",
    [
        {},
        {"backwards": 0, "steps_without_gradient": 0},  # torch.autograd.grad, written into .grad
        {"backwards": 0, "steps_without_gradient": 100, "failed_backwards": 1, "steps": 0},
        {"backwards": 0, "steps": 0, "zero_grads": 0},  # nothing but an evaluation
        {"backwards": 0, "steps": 0, "zero_grads": 0, "optimizer": -1},  # evolution strategies
        {"backwards": 0, "losses": 0, "steps_without_gradient": 100},  # the loss was not seen: say nothing
    ],
)
def test_no_backward_is_needed_there(sound):
    assert found("backward-missing", loop(**sound)) == ()


def test_an_optimiser_that_others_work_for():
    assert found("backward-missing", loop(), loop(optimizer=1, backwards=0, steps_without_gradient=100)) == ()


def test_no_step():
    one = only("step-missing", optimizer(), loop(steps=0, order="ZFB", places={"step": None}))
    assert one.change.after == "loss.backward()\noptimizer.step()"


def test_no_step_and_the_model_clears_itself():
    places = {"step": None, "zero-grad": at("model.zero_grad()", 12), "at": at("opt = make()", 8, "main")}
    one = only("step-missing", optimizer(variable="opt"), loop(steps=0, places=places))
    assert one.change is None  # `model.step()` would be no help
    assert one.place == PLACES["backward"]


@pytest.mark.parametrize(
    "sound",
    [
        {},
        {"steps": 0, "optimizer": -1},  # the weights are moved by hand
        {"steps": 0, "skipped_steps": 5},  # the scaler looks for its scale
        {"steps": 0, "zero_grads": 1, "backwards": 8, "epochs": 0},  # the first accumulation is not full yet
        {"steps": 0, "zero_grads": 2, "backwards": 2},
    ],
)
def test_no_step_is_needed_there(sound):
    assert found("step-missing", optimizer(), loop(**sound)) == ()


def test_the_second_phase_has_not_begun():
    assert found("step-missing", optimizer(), optimizer(1), loop(), loop(optimizer=1, steps=0, zero_grads=0)) == ()


def test_the_generator_never_steps():
    assert found("step-missing", optimizer(), optimizer(1), loop(), loop(optimizer=1, steps=0))


# -- modes -----------------------------------------------------------------------------------------------------------------


def test_training_in_eval_mode():
    places = {"eval": at("model.eval()", 30)}
    one = only("eval-mode-in-training", model(dropout=2), loop(mode_sensitive=2, train_in_eval=8, places=places))
    assert one.change.after == "model.train()\nout = model(x)"
    assert one.severity is None


@pytest.mark.parametrize(
    "sound",
    [
        {"mode_sensitive": 2},
        {"mode_sensitive": 0, "train_in_eval": 10},  # no module of it behaves differently
        {"mode_sensitive": 2, "train_in_eval": 2},  # a look at one batch in eval mode
        {"mode_sensitive": 2, "train_in_eval": 9, "forwards": 1100},  # TRADES: adversarial examples in eval mode
        {"mode_sensitive": 2, "train_in_eval": 10, "steps": 0},  # saliency
    ],
)
def test_eval_mode_is_sound_there(sound):
    assert found("eval-mode-in-training", model(), loop(**sound)) == ()


def test_a_pretrained_network_that_keeps_its_statistics_is_only_noted():
    one = only("eval-mode-in-training", model(loaded=True), loop(mode_sensitive=5, train_in_eval=10))
    assert one.severity == "note"


VAL = {"mode_sensitive": 2, "val_checked": 10, "val_passes": 2}
VAL_FORWARD = {"val-forward": at("pred = model(xv)", 40)}


def test_validation_in_training_mode():
    one = only("train-mode-in-validation", model(), loop(**VAL, val_in_train=10, places=VAL_FORWARD))
    assert one.change.after == "model.eval()\npred = model(xv)\nmodel.train()"


def test_a_loop_that_switches_back_by_itself_is_not_told_to():
    places = {**VAL_FORWARD, "train": at("model.train()", 11)}
    one = only("train-mode-in-validation", model(), loop(**VAL, val_in_train=10, places=places))
    assert one.change.after == "model.eval()\npred = model(xv)"


def test_a_line_that_leaves_is_not_followed_by_another():
    places = {"val-forward": at("return model(xv)", 40)}
    assert only("train-mode-in-validation", model(), loop(**VAL, val_in_train=10, places=places)).change is None


@pytest.mark.parametrize(
    "sound",
    [
        VAL,
        {**VAL, "val_in_train": 10, "mode_sensitive": 0},
        {**VAL, "val_in_train": 3},
        {**VAL, "val_in_train": 10, "val_passes": 0},  # targets of a Q-network, samples of a generator, update_bn
        {**VAL, "val_in_train": 10, "steps": 0},
    ],
)
def test_training_mode_is_sound_there(sound):
    assert found("train-mode-in-validation", model(), loop(**sound)) == ()


def test_monte_carlo_dropout():
    places = {**VAL_FORWARD, "eval": at("model.eval()", 36), "train": at("m.train()", 38)}
    assert found("train-mode-in-validation", model(), loop(**VAL, val_in_train=10, places=places)) == ()


# -- loss-accumulates-graph ------------------------------------------------------------------------------------------------


def test_a_running_total_goes_backward():
    total = {
        "loss": at("loss = F.cross_entropy(out, y)", 14),
        "backward": at("total.backward(retain_graph=True)", 16),
    }
    one = only("loss-accumulates-graph", loop(places=total), graph(1, earlier_losses=1), graph(3, earlier_losses=3))
    assert one.change.after == "loss.backward()"
    assert one.values["earlier"] == 3


def test_a_total_that_is_added_to():
    total = {"loss": at("total += criterion(out, y)", 14)}
    one = only("loss-accumulates-graph", loop(places=total), graph(1, earlier_losses=1), graph(3, earlier_losses=3))
    assert one.change.after == "total = criterion(out, y)"


def test_a_total_whose_second_backward_fails():
    looks = [graph(0), graph(1, earlier_losses=1)]
    for message in (
        "… has been modified by an inplace operation",
        "Trying to backward through the graph a second time",
    ):
        assert only("loss-accumulates-graph", loop(), *looks, Event("failed", 1, {"message": message}, {}))
    for message in ("CUDA out of memory", ""):
        assert found("loss-accumulates-graph", loop(), *looks, Event("failed", 1, {"message": message}, {})) == ()


@pytest.mark.parametrize("earlier", [(0, 0, 0), (0, 4, 4), (8, 8, 8), (4,), (9, 5)])
def test_windows_and_episodes_do_not_grow(earlier):
    looks = [graph(step, earlier_losses=n) for step, n in enumerate(earlier)]
    assert found("loss-accumulates-graph", loop(), *looks) == ()


# -- all ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_before_the_first_step_nothing_is_said(rule):
    assert isinstance(apply(rule, watched(model(), loss_call()), strict=True), NotChecked)
