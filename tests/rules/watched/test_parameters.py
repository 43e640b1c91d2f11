"""Which parameters are held, reached, frozen and registered."""

import pytest
from watched_runs import PLACES, at, coverage, found, graph, loop, model, only, watched

from losscompass.diagnose.diagnosis import NotChecked
from losscompass.diagnose.engine import apply
from losscompass.rules.parameters import RULES

OTHERS = {
    "held_not_reached": 4,
    "reached_held": 0,
    "reached_not_held": 4,
    "reached_not_held_names": ("fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias"),
    "reached_not_held_share": 1.0,
}


def named(code, line=8, **places):
    return {"at": at(code, line), "model": PLACES["forward"], **places}


def test_the_parameters_of_another_model():
    look = coverage(**OTHERS, places=named("opt = Adam(old.parameters(), lr=1e-3)"))
    one = only("optimizer-holds-other-parameters", model(), look)
    assert one.change.after == "opt = Adam(model.parameters(), lr=1e-3)"
    assert one.values["names"] == "fc1.weight, fc1.bias, fc2.weight, …"


def test_a_model_that_was_built_again_under_its_name():
    one = only("optimizer-holds-other-parameters", model(), coverage(**OTHERS))
    assert one.change is None
    assert one.place == PLACES["optimizer"]


def test_a_name_of_another_function_is_not_written():
    look = coverage(**OTHERS, places={"at": at("opt = Adam(net.parameters())", 3, "build")})
    assert only("optimizer-holds-other-parameters", model(), look).change is None


@pytest.mark.parametrize(
    "looks",
    [
        [coverage()],
        [coverage(**{**OTHERS, "reached_not_held": 0})],  # a GAN: held by the other optimiser
        [coverage(**OTHERS), coverage(3)],  # taken over later
        [coverage(**{**OTHERS, "held_frozen": 4})],
        [coverage(held=0)],
    ],
)
def test_holding_others_for_a_while_is_sound(looks):
    assert found("optimizer-holds-other-parameters", model(), *looks) == ()


def test_a_name_mixed_up():
    mixed = {"held_elsewhere": 4, "reached_not_held": 4, "reached_not_held_names": ("g.weight",)}
    one = only("optimizer-holds-other-parameters", model(), coverage(**mixed))
    assert one.place == PLACES["optimizer"]
    for sound in ({"held_elsewhere": 3}, {"reached_not_held": 0}, {"reached_not_held_loaded": True}):
        assert found("optimizer-holds-other-parameters", model(), coverage(**{**mixed, **sound})) == ()


def test_the_loss_goes_through_a_copy():
    copied = {**OTHERS, "held_called": 4, "reached_not_held_loaded": True}
    one = only("optimizer-holds-other-parameters", model(), coverage(**copied))
    assert one.place == PLACES["forward"]
    assert one.change is None


MISSED = {
    "reached_held": 2,
    "reached_not_held": 2,
    "reached_not_held_names": ("body.weight", "body.bias"),
    "reached_not_held_share": 0.9,
}


def test_a_part_is_held_by_nobody():
    look = coverage(**MISSED, places=named("optimizer = SGD(model.head.parameters(), lr=0.1)"))
    one = only("optimizer-misses-parameters", model(), look)
    assert one.change.after == "optimizer = SGD(model.parameters(), lr=0.1)"
    assert one.values["share"] == 0.9


def test_two_lists_are_left_as_they_are():
    code = "optimizer = SGD(list(a.parameters()) + list(b.parameters()), lr=0.1)"
    assert only("optimizer-misses-parameters", model(), coverage(**MISSED, places=named(code))).change is None


def test_steps_that_are_counted_from_the_start_again():
    looks = [coverage(9, **MISSED), coverage(3, **MISSED)]
    assert only("optimizer-misses-parameters", model(), *looks).values["missed"] == MISSED["reached_not_held"]


@pytest.mark.parametrize(
    "events",
    [
        [model(), coverage()],
        [model(loaded=True), coverage(**MISSED, reached_not_held_loaded=True)],  # the head of a pretrained network
        [model(), coverage(**MISSED), coverage(9, optimizer=1)],  # the second phase trains all
        [model(), coverage(**MISSED), coverage(9)],
        [model(), coverage(**OTHERS)],  # nothing right is held: another rule's
    ],
)
def test_missing_some_is_sound(events):
    assert found("optimizer-misses-parameters", *events) == ()


def test_layers_in_a_plain_list():
    places = named("x = layer(x)", unregistered=at("x = layer(x)", 21, "forward"))
    look = coverage(unregistered=4, unregistered_names=("0.weight", "0.bias"), places=places)
    one = only("module-not-registered", look)
    assert one.place.line == 21
    assert one.values["missed"] == 4
    assert one.change is None


@pytest.mark.parametrize(
    "look",
    [
        coverage(),
        coverage(unregistered=2, unregistered_held=2, places=named("", unregistered=at("x @ w"))),  # plain, and held
        coverage(unregistered=1),  # an input that is looked for: no module is called
    ],
)
def test_what_belongs_to_no_module_on_purpose(look):
    assert found("module-not-registered", look) == ()


FROZEN = {"held_frozen": 4, "held_frozen_names": ("a.weight", "a.bias"), "frozen": 4, "frozen_share": 0.8}


def test_frozen_and_never_trained():
    one = only("parameters-frozen", model(), loop(), coverage(**FROZEN))
    assert one.place == PLACES["optimizer"]
    assert one.change is None
    assert one.severity == "warning"
    assert only("parameters-frozen", model(), loop(), coverage(**{**FROZEN, "reached_held": 0})).severity is None


def test_everything_is_frozen():
    one = only("parameters-frozen", model(trainable=0), loop(0, failed_backwards=1), coverage())
    assert one.values["share"] == 1.0


def test_frozen_as_it_began():
    fresh = {
        "frozen": 4,
        "frozen_names": ("a.weight", "a.bias"),
        "frozen_share": 0.8,
        "frozen_fresh_names": ("a.weight",),
    }
    one = only("parameters-frozen", model(), loop(), coverage(**fresh))
    assert one.values["names"] == "a.weight"
    assert found("parameters-frozen", model(), loop(), coverage(**{**fresh, "frozen_fresh_names": ()})) == ()


@pytest.mark.parametrize(
    "events",
    [
        [model(), coverage()],
        [model(), coverage(**FROZEN, frozen_loaded=True)],  # a backbone
        [model(), coverage(), coverage(5, **FROZEN, frozen_loaded=True)],  # trained before, layer by layer
        [model(), coverage(**FROZEN), coverage(5)],  # thawed in time
        [model(), coverage(frozen=4, frozen_names=("a.weight", "a.bias"), frozen_share=0.8)],  # held by nobody
        [model(), coverage(**{**FROZEN, "held_frozen_names": ("pos_embed", "decoder_pos_embed")})],
        [model(), coverage(**{**FROZEN, "held_frozen_names": ("words.weight",)})],  # Embedding.from_pretrained
        [model(), model(1, trainable=0, loaded=False), coverage()],  # a teacher
        [model(trainable=0, loaded=True), coverage()],
    ],
)
def test_frozen_on_purpose(events):
    assert found("parameters-frozen", loop(), *events) == ()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_before_the_first_step_nothing_is_said(rule):
    assert isinstance(apply(rule, watched(model(), graph()), strict=True), NotChecked)
