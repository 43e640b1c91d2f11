"""Losses of the wrong size, losses that break, and targets that should not count: what good engineers do on purpose."""

import pytest
from watched_runs import PLACES, at, found, graph, loop, loss_call, only, optimizer, stat

from losscompass.evidence.records import Event

# -- padding-in-loss ---------------------------------------------------------------------------------------------------

TAIL = {"tail_value": 0, "tail_share": 0.4, "tail_rows": 0.7, "tail_elsewhere": 0, "ignore_index": -100}


def test_the_padding_is_left_out_by_its_value():
    one = only("padding-in-loss", loss_call(**TAIL))
    assert one.change.after == "loss = F.cross_entropy(out, y, ignore_index=0)"
    assert one.values == {"value": 0, "share": 0.4}


@pytest.mark.parametrize(
    "other",
    [
        {"ignore_index": 0},
        {"tail_elsewhere": 3},  # background of a picture, a frequent word
        {"tail_rows": 0.0},  # a full stop
        {"tail_share": 0.02},
        {"weights": (0.0, 1.0, 1.0)},
    ],
)
def test_what_is_no_padding_or_does_not_count(other):
    assert found("padding-in-loss", loss_call(**{**TAIL, **other})) == ()


def test_a_class_that_stands_inside_in_another_batch_is_no_padding():
    assert found("padding-in-loss", loss_call(**TAIL), loss_call(**{**TAIL, "tail_elsewhere": 1}, step=3)) == ()


@pytest.mark.parametrize(
    ("ops", "wrong"), [(("Mean", "View", "NllLoss"), True), (("Div", "Sum", "Mul", "NllLoss"), False)]
)
def test_losses_of_single_tokens_may_be_masked(ops, wrong):
    assert bool(found("padding-in-loss", loss_call(**TAIL, reduction="none"), graph(root_ops=ops))) is wrong


# -- gradient-accumulation-wrong -----------------------------------------------------------------------------------------

LOST = {"backwards": 400, "zero_grads": 400, "losses": 400}
SUMMED = {"backwards": 400, "zero_grads": 100, "losses": 400, "backwards_per_step": 4}


def test_gradients_cleared_before_they_are_used():
    one = only("gradient-accumulation-wrong", loop(**LOST), graph(), optimizer())
    assert one.place == PLACES["zero"]
    assert one.values["lost"] == 3


def test_means_that_are_added_up():
    one = only("gradient-accumulation-wrong", loop(**SUMMED), graph(), optimizer(), loss_call())
    assert one.change.after == "(loss / 4).backward()"


@pytest.mark.parametrize(
    "events",
    [
        (graph(scaled_by=0.25), optimizer(), loss_call()),
        (graph(root_ops=("Div", "Add", "NllLoss")), optimizer(), loss_call()),
        (graph(), optimizer(**{"class": "Adam"}), loss_call()),  # does not see the factor
        (graph(), optimizer(), loss_call(reduction="sum")),
        (graph(), graph(site=1), optimizer(), loss_call()),  # two losses, back-propagated one after the other
        (graph(), optimizer(), optimizer(1), loss_call()),
    ],
)
def test_sums_that_are_meant(events):
    assert found("gradient-accumulation-wrong", loop(**SUMMED), *events) == ()


def test_one_step_an_epoch_has_a_rule_of_its_own():
    assert found("gradient-accumulation-wrong", loop(step=100, **LOST, epochs=100), graph(), optimizer()) == ()


def test_clipped_gradients_may_be_summed():
    assert found("gradient-accumulation-wrong", loop(**SUMMED, clips_biting=9), graph(), optimizer(), loss_call()) == ()


# -- loss-reduction-wrong ------------------------------------------------------------------------------------------------


def loader(**data):
    return Event("loader", 0, {"loader": 0, "batch_size": 32, "length": 1600, "batches": 50, **data}, {})


@pytest.mark.parametrize("parts", [32, 1600, 50])
def test_a_mean_that_is_divided_again(parts):
    one = only("loss-reduction-wrong", loss_call(), graph(scaled_by=1 / parts), loader(), optimizer())
    assert one.values["factor"] == f"1/{parts}"


@pytest.mark.parametrize(
    "events",
    [
        (loss_call(), graph(scaled_by=0.1)),  # a weight
        (loss_call(), graph(scaled_by=1 / 4)),
        (loss_call(), graph(scaled_by=1 / 32), loop(backwards_per_step=32)),  # accumulation
        (loss_call(reduction="sum"), graph(scaled_by=1 / 32)),
        (loss_call(), graph(scaled_by=65536.0)),  # mixed precision
    ],
)
def test_factors_with_a_meaning(events):
    assert found("loss-reduction-wrong", *events, loader(), optimizer()) == ()


def test_for_adam_it_is_worth_a_note():
    adam = optimizer(**{"class": "Adam"})
    assert only("loss-reduction-wrong", loss_call(), graph(scaled_by=1 / 32), adam).severity.value == "note"


@pytest.mark.parametrize(("rate", "wrong"), [(1.0, True), (1e-3, False)])
def test_a_sum_at_the_rate_of_a_mean(rate, wrong):
    events = loss_call(reduction="sum"), graph(root_ops=("NllLoss",)), optimizer(lr=rate)
    assert bool(found("loss-reduction-wrong", *events)) is wrong
    assert found("loss-reduction-wrong", events[0], graph(root_ops=("Div", "NllLoss")), events[2]) == ()


# -- numerical-instability-in-loss ---------------------------------------------------------------------------------------


def broke(what="loss", before=0.7):
    return Event("non-finite", 30, {"what": what, "name": "", "share": 1.0, "phase": "train", "before": before}, {})


FRAGILE = {"fragile": ("Log×2",), "places": {"at": PLACES["backward"], "fragile": PLACES["loss"]}}


def test_an_unguarded_logarithm_and_a_loss_that_is_no_number():
    one = only("numerical-instability-in-loss", graph(**FRAGILE), broke(), losses=[0.7, 0.7])
    assert one.place == PLACES["loss"]
    assert one.values["operations"] == "log"


def test_what_breaks_elsewhere_or_has_diverged():
    fragile = graph(**FRAGILE)
    assert only("numerical-instability-in-loss", fragile, losses=[0.7, 0.6]).severity.value == "note"
    assert found("numerical-instability-in-loss", fragile, broke("input"), broke(), losses=[0.7, 0.7]) == ()
    assert found("numerical-instability-in-loss", fragile, broke(before=1e6), losses=[0.7, 9.0]) == ()
    assert found("numerical-instability-in-loss", graph(fragile=()), broke(), losses=[0.7, 0.7]) == ()


# -- hidden-state-detached -----------------------------------------------------------------------------------------------


def cut(code, times=8):
    return graph(repeated_cuts=times, places={"at": PLACES["backward"], "repeated-cut": at(code, 5)})


def test_a_state_that_is_detached_at_every_step():
    one = only("hidden-state-detached", cut("h = self.cell(x[:, t], h.detach())"))
    assert one.change.after == "h = self.cell(x[:, t], h)"
    assert found("hidden-state-detached", cut("h, c = self.cell(x[:, t], (h.detach(), c.detach()))"))


@pytest.mark.parametrize(
    "code", ["values.append(v.detach())", "total += loss.detach()", "target = net(s).detach()", ""]
)
def test_what_is_logged_or_held_as_a_target(code):
    assert found("hidden-state-detached", cut(code)) == ()


def test_once_between_chunks():
    assert found("hidden-state-detached", cut("h = h.detach()", 1)) == ()
    assert found("hidden-state-detached", cut("h = h.detach()", 4), loop(backwards_per_step=4)) == ()


# -- validation-is-train -------------------------------------------------------------------------------------------------


def samples(train=200, *validations):
    """Validations: (different samples, seen, of them in training), each of a loader of its own from 1 on."""
    val, seen, shared = (tuple(one[at] for one in validations) for at in range(3))
    each = {"loader_val": val, "loader_seen": seen, "loader_in_train": shared}
    data = {"train": train, "training_loader": 0, "loaders": tuple(range(1, len(validations) + 1)), **each}
    return Event("samples", 30, data, {"at": PLACES["forward"]})


def made(number, length):
    return Event("loader", 0, {"loader": number, "length": length}, {"at": at("DataLoader(train)", 20 + number)})


def test_a_validation_of_the_training_set():
    one = only("validation-is-train", samples(200, (200, 400, 200)), made(0, 200), made(1, 200))
    assert one.values == {"val": 200, "shared": 200}
    assert one.place.line == 21


def test_it_is_seen_beside_a_test_and_where_only_a_part_was_looked_at():
    assert found("validation-is-train", samples(200, (200, 400, 200), (80, 80, 0)))
    assert found("validation-is-train", samples(300, (400, 800, 115)), made(0, 1000), made(1, 1000))


@pytest.mark.parametrize(
    "events",
    [
        (samples(200, (200, 400, 0)),),
        (samples(200, (50, 100, 50)),),  # a part got into both
        (samples(4, (4, 8, 4)),),
        (samples(200, (200, 400, 120)),),
        (samples(200, (200, 400, 200), (80, 160, 0)),),  # the training set in eval mode, beside a validation
        (samples(300, (400, 800, 20)), made(0, 1000), made(1, 1000)),
        (samples(200),),
    ],
)
def test_overlaps_of_another_kind(events):
    assert found("validation-is-train", *events) == ()


# -- loss-constant -------------------------------------------------------------------------------------------------------


def gradients(*norms):
    return [stat("a.weight", "gradient", step, norm=norm) for step, norm in enumerate(norms)]


def test_a_gradient_that_is_always_zero():
    call = loss_call(input_ops=("Div", "Round", "Addmm"))
    assert (
        only("loss-constant", loop(), graph(), call, tensors=gradients(0.0, 0.0), losses=[1.0, 1.1]).values["looks"]
        == 2
    )


@pytest.mark.parametrize(
    ("more", "events"),
    [
        ({"tensors": gradients(0.0, 0.1), "losses": [1.0, 1.1]}, ()),
        ({"tensors": gradients(0.0), "losses": [1.0, 1.1]}, ()),
        ({"tensors": gradients(0.0, 0.0), "losses": [0.0, 0.0]}, ()),  # every margin is kept
        (
            {"tensors": gradients(0.0, 0.0), "losses": [1.0, 1.1]},
            (loss_call(input_ops=("Softmax", "Addmm"), input_std=0.0),),
        ),
        ({"tensors": gradients(0.0, 0.0), "losses": [1.0, 1.1]}, (loop(steps_without_gradient=100),)),
    ],
)
def test_gradients_that_are_zero_for_another_reason(more, events):
    assert found("loss-constant", loop(step=90), graph(), *events, **more) == ()


# -- loss-wrong-sign -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "wrong"),
    [
        ({"root_ops": ("Neg", "NllLoss")}, True),
        ({"root_ops": ("Neg", "Mean", "MseLoss")}, True),
        ({"root_ops": ("MseLoss",), "scaled_by": -1.0}, True),
        ({"root_ops": ("Neg", "Mean", "Mul", "NllLoss")}, False),  # times an advantage
        ({"root_ops": ("Neg", "Neg", "NllLoss")}, False),
        ({"root_ops": ("Neg", "Mean", "Sub", "Addmm")}, False),  # a likelihood by hand
    ],
)
def test_a_minus_before_a_loss(data, wrong):
    assert bool(found("loss-wrong-sign", graph(**data), optimizer(), losses=[-1.0, -2.0])) is wrong


def test_a_minus_in_a_game_of_two():
    assert found("loss-wrong-sign", graph(root_ops=("Neg", "NllLoss")), optimizer(), optimizer(1)) == ()


def asked(site, label, value, code):
    constant = {"target_min": label, "target_max": label}
    return loss_call("binary_cross_entropy", site=site, value=value, places={"at": at(code, 10 + site)}, **constant)


@pytest.mark.parametrize(("label", "wrong"), [(0.0, True), (1.0, False)])
@pytest.mark.parametrize("code", ["loss_fake = bce(D(made), no)", "d = bce(D(made.detach()), no)"])
def test_what_the_generator_asks_for(label, wrong, code):
    critic = asked(0, 1.0, 0.6, "loss_real = bce(D(x), yes)"), asked(1, 0.0, 0.8, code)
    graphs = graph(parameters=4, value=1.4, loss_nodes=2), graph(site=1, parameters=8, value=0.7)
    events = *critic, asked(2, label, 0.7, "g = bce(D(made), yes)"), *graphs, optimizer(), optimizer(1)
    assert bool(found("loss-wrong-sign", *events)) is wrong


@pytest.mark.parametrize(
    ("losses", "wrong"),
    [
        ([40.0, -1e5, -1e9], True),
        ([40.0, -900.0, -1000.0], False),
        ([1e4, -3e3, -5e3], False),
        ([1.0, 0.5, -0.2], False),
    ],
)
def test_a_loss_that_falls_without_end(losses, wrong):
    assert bool(found("loss-wrong-sign", graph(root_ops=("Div", "Add")), optimizer(), losses=losses)) is wrong


# -- class-weights-wrong -------------------------------------------------------------------------------------------------


def labels(*shares):
    return Event("labels", 30, {"batches": 9, "samples": 288, "shares": shares, "loader": 0}, {})


@pytest.mark.parametrize(
    ("shares", "data", "wrong"),
    [
        ((0.9, 0.1), {"weights": (0.9, 0.1)}, True),
        ((0.7, 0.2, 0.1), {"weights": (10.0, 5.0, 1 / 0.7)}, True),  # those of other classes
        ((0.7, 0.2, 0.1), {"weights": (1 / 0.7, 5.0, 10.0)}, False),
        ((0.7, 0.2, 0.1), {"weights": (1.0, 2.0, 2.5)}, False),
        ((0.5, 0.5), {"weights": (1.0, 3.0)}, False),
        ((0.4, 0.6), {"function": "binary_cross_entropy_with_logits", "pos_weight": (60.0,)}, True),
        ((0.95, 0.05), {"function": "binary_cross_entropy_with_logits", "pos_weight": (19.0,)}, False),
        ((0.95, 0.05), {"function": "binary_cross_entropy_with_logits", "pos_weight": (60.0,)}, False),
        ((0.95, 0.05), {"function": "binary_cross_entropy_with_logits", "pos_weight": (1 / 19,)}, True),
        ((0.9, 0.1), {}, False),
    ],
)
def test_weights_against_shares(shares, data, wrong):
    assert bool(found("class-weights-wrong", loss_call(**data), labels(*shares))) is wrong


# -- loss-task-mismatch --------------------------------------------------------------------------------------------------

NUMBERED = {"target_whole": True, "target_min": 0.0, "target_max": 9.0, "target_distinct": 10}


@pytest.mark.parametrize(
    ("function", "data", "wrong"),
    [
        ("mse_loss", {**NUMBERED, "input_ops": ("Mean", "Addmm")}, True),
        ("mse_loss", {**NUMBERED, "input_ops": ("Squeeze", "Addmm")}, False),  # counts, grades
        ("mse_loss", {**NUMBERED, "target_whole": False, "input_ops": ("Mean", "Addmm")}, False),
        ("mse_loss", {**NUMBERED, "target_max": 1.0, "target_distinct": 2, "input_ops": ("Mean", "Addmm")}, False),
        ("binary_cross_entropy_with_logits", {"target_min": -1.0, "target_max": 1.0}, True),
        ("binary_cross_entropy_with_logits", {"target_min": 0.0, "target_max": 1.0}, False),
        ("cross_entropy", {"target_min": 0.0, "target_max": 9.0}, False),
    ],
)
def test_losses_and_what_they_are_given(function, data, wrong):
    assert bool(found("loss-task-mismatch", loss_call(function, **data))) is wrong


# -- kl-weight-wrong -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("weights", "wrong"),
    [
        ((64.0, 64.0), True),
        ((1 / 512, 1 / 512), True),
        ((1.0,), False),
        ((4.0,), False),
        ((0.001, 0.002, 0.003), False),
        ((0.0,), False),
    ],
)
def test_the_weight_of_the_divergence(weights, wrong):
    assert bool(found("kl-weight-wrong", *(graph(step, kl_weight=one) for step, one in enumerate(weights)))) is wrong


# -- future-leak ---------------------------------------------------------------------------------------------------------

TOKENS = {"target_distinct": 20, "target_is_input": 0.1, "target_is_next": 1.0}


@pytest.mark.parametrize(
    ("call", "attention", "wrong"),
    [
        (TOKENS, "open", True),
        (TOKENS, "reversed", True),
        (TOKENS, "causal", False),
        (TOKENS, "", False),
        ({**TOKENS, "target_is_next": 0.1}, "open", False),  # a tagger may look ahead
        ({**TOKENS, "target_is_input": 1.0, "target_is_next": 0.1}, "causal", True),
        ({**TOKENS, "target_is_input": 0.85, "target_is_next": 0.1}, "open", False),  # gaps to be filled
    ],
)
def test_who_sees_the_answer(call, attention, wrong):
    assert bool(found("future-leak", loss_call(**call), graph(attention=attention))) is wrong


@pytest.mark.parametrize(("share", "wrong"), [(1.0, True), (0.5, False)])
def test_windows_that_reach_into_what_is_to_be_forecast(share, wrong):
    call = loss_call("mse_loss", target_ends_input=share, target_std=1.0)
    assert bool(found("future-leak", call)) is wrong
    assert found("future-leak", loss_call("mse_loss", target_ends_input=1.0, target_std=0.0)) == ()


# -- duplicate-random-data -----------------------------------------------------------------------------------------------


def test_seeds():
    again = at("torch.manual_seed(0)", 11)
    assert only("duplicate-random-data", loop(reseeds=98, places={"seed": again})).place == again
    assert found("duplicate-random-data", loop(reseeds=3)) == ()  # before each validation
    fixed = at("g = torch.Generator().manual_seed(0)", 11)
    assert only("duplicate-random-data", loop(seeded_each_step=True, places={"fixed-seed": fixed})).place == fixed
    assert found("duplicate-random-data", loop(2, seeded_each_step=True)) == ()


@pytest.mark.parametrize(
    ("workers", "repeats", "wrong"), [(4, 0.75, True), (2, 0.5, True), (4, 0.1, False), (0, 0.5, False)]
)
def test_workers_that_draw_the_same(workers, repeats, wrong):
    seen = Event("samples", 30, {"train": 400, "train_repeats": repeats}, {})
    assert bool(found("duplicate-random-data", loop(), loader(workers=workers), seen)) is wrong
