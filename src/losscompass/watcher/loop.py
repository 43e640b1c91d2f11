"""The acts of a training loop: backward, step, zero_grad, in which order, how often, and to which effect.

The position of everything is counted here: the steps of the optimiser that has stepped most often, or, where none ever
steps, rounds of backward.
"""

import math
import weakref
from collections import Counter
from statistics import median
from threading import active_count, get_ident
from typing import Any, Final

from .places import Places, Spot, assigned_name

_PATIENCE: Final = 64
"""Backwards in a row without a step or a zero_grad after which each is a round of its own."""

_PATTERNS: Final = 64
"""Different orders of acts that are told apart; a loop has few."""


_LAST: Final = 4
"""Optimisers, the last made, whose gradients are measured."""

_LETTERS: Final = 200
"""Acts of a round that are remembered."""


class OptimizerActs:
    """What one optimiser did so far."""

    __slots__ = (
        "all_backwards",
        "backwards",
        "cleared_at",
        "elements",
        "emptied",
        "follows",
        "forgotten",
        "had",
        "identity",
        "in_step",
        "left",
        "number",
        "onto_old",
        "probe",
        "reached_at",
        "ref",
        "remembered",
        "shrunk",
        "spot",
        "stepped_at",
        "steps",
        "steps_before",
        "tensors",
        "thread",
        "used",
        "variable",
        "version",
        "without_gradient",
        "zero_grads",
    )

    def __init__(self, number: int, optimizer: Any, spot: Spot | None, variable: str) -> None:
        self.number = number
        self.identity = id(optimizer)  # only to be compared
        self.ref = weakref.ref(optimizer)
        self.spot = spot
        self.variable = variable
        self.steps = self.zero_grads = self.without_gradient = self.onto_old = 0
        self.stepped_at = -1  # position at its last step
        self.backwards = 0  # that reached it since its last step
        self.all_backwards = 0
        self.in_step = False  # a closure may call backward
        self.used = False  # its gradients were used by a step and have not been seen cleared since
        self.probe: Any = None  # a parameter that had a gradient at the last step, weak
        self.version = -1  # of that gradient after the step
        self.emptied = 0  # steps before which a gradient that was there was taken away by hand: all of them so far, or it is not asked again
        self.had = False  # a backward left a gradient that is not all zero
        self.left = 0.0  # norm of its gradient after the last backward, in a step that is looked at
        self.shrunk: list[float] = []  # that over the norm with which it then stepped, a look each
        self.forgotten = 0  # steps that found nothing remembered of those before
        self.remembered = False  # the last step left something to be remembered
        self.cleared_at = self.reached_at = 0  # in the order of acts
        self.follows = -1  # number of the optimiser that stepped these tensors before it was made
        self.steps_before = 0  # made by those that it follows
        self.tensors = self.elements = 0
        self.thread = get_ident()  # that made it, or last cleared or stepped it

    def probe_alive(self) -> bool:
        """Whether the tensor that had a gradient last time has one."""
        parameter = None if self.probe is None else self.probe()
        return parameter is not None and parameter.grad is not None

    def parameters(self) -> list[Any]:
        """The tensors it holds."""
        optimizer = self.ref()
        return [] if optimizer is None else [p for group in optimizer.param_groups for p in group["params"]]


class Loop:
    """Counts the acts. Every method is called from a guarded look."""

    def __init__(self, places: Places) -> None:
        self.places = places
        self.position = 0
        self.states: list[OptimizerActs] = []
        self._by_id: dict[int, OptimizerActs] = {}
        self._leader: OptimizerActs | None = None  # the one whose steps are counted
        self.acts = 0
        self.backwards = self.failed_backwards = self.retained = self.steps = 0
        self.rounds_since = 0  # backwards since the last step or zero_grad
        self._backward_open = False
        self.letters: list[str] = []
        self.patterns: Counter[str] = Counter()
        self.spots: dict[str, Spot] = {}
        self.scaled = False
        self.scaler_steps = 0
        self.clips = self.clips_biting = 0
        self.clip_norm: float | None = None
        self.backwards_in_round = Counter[int]()
        self.reseeds = 0  # in training, with the seed that was set last
        self._seed: Any = None

    # -- optimisers ------------------------------------------------------------------------------------------------------

    def made(self, optimizer: Any, spot: Spot | None) -> OptimizerActs:
        """An optimiser was made, or, if that was before the watching began, is seen for the first time (then without a place)."""
        known = self._by_id.get(id(optimizer))
        if known is not None and known.ref() is optimizer:
            return known
        place = self.places.place(spot)
        number = self.states[-1].number + 1 if self.states else 0
        state = OptimizerActs(number, optimizer, spot, assigned_name(place[2]) if place else "")
        self._follow(state)
        self.states.append(state)
        self._by_id[id(optimizer)] = state
        if len(self.states) > 256:  # one made at every step: the oldest have nothing more to tell
            gone = self.states.pop(1)
            self._by_id = {key: one for key, one in self._by_id.items() if one is not gone}
        return state

    def _follow(self, state: OptimizerActs) -> None:
        """Where it takes over the tensors of one that has stepped, the steps go on from there."""
        held = {id(parameter) for parameter in state.parameters()[:64]}
        for one in reversed(self.states):
            probe = None if one.probe is None else one.probe()
            if probe is not None and one.steps and id(probe) in held:
                state.follows, state.steps_before = one.number, one.steps_before + one.steps
                return

    def seeded(self, seed: Any, depth: int) -> None:
        """`torch.manual_seed` was called."""
        if self.steps and seed == self._seed:
            self.reseeds += 1
            if self.reseeds < 4 and (spot := self.places.spot(depth + 1)) is not None:
                self.spots["seed"] = spot
        self._seed = seed

    def cleared(self, optimizer: Any, depth: int) -> None:
        """`zero_grad` was called."""
        state = self.state(optimizer) or self.made(optimizer, None)
        self.acts += 1
        state.zero_grads += 1
        state.cleared_at = self.acts
        state.thread = get_ident()
        state.used = False
        self.letters.append("Z")
        if len(self.letters) > 2 * _LETTERS:
            del self.letters[:-_LETTERS]
        if "zero-grad" not in self.spots or state.zero_grads < 4:
            self._mark("zero-grad", depth + 1)
        if self.rounds_since and not self.steps and not state.in_step:
            self._round()

    def cleared_by_module(self, depth: int) -> None:
        """`module.zero_grad` was called: the optimisers whose gradients are gone had them cleared by it."""
        self.acts += 1
        for state in self._ours():
            if self._was_cleared(state):
                state.zero_grads += 1
                state.used = False
                state.cleared_at = self.acts
        self.letters.append("Z")
        if "zero-grad" not in self.spots:
            self._mark("zero-grad", depth + 1)
        if self.rounds_since and not self.steps:
            self._round()

    # -- backward --------------------------------------------------------------------------------------------------------

    def state(self, optimizer: Any) -> OptimizerActs | None:
        """What is known of an optimiser."""
        state = self._by_id.get(id(optimizer))
        return state if state is not None and state.ref() is optimizer else None

    def _ours(self) -> list[OptimizerActs]:
        """The optimisers whose gradients may be read now: where several threads run, a backward of another one may be writing its own."""
        if active_count() == 1:
            return self.states
        here = get_ident()
        return [state for state in self.states if state.thread == here]

    def before_backward(self, retain: bool, spot: Spot | None) -> None:
        """A backward begins, at that line."""
        if self._backward_open:
            self.failed_backwards += 1
        self._backward_open = True
        self.acts += 1
        waited = self.rounds_since and (not self.states or self.rounds_since >= _PATIENCE)
        if waited and not self.steps and not any(state.in_step for state in self.states):
            self._round()
        self.backwards += 1
        self.rounds_since += 1
        self.retained += retain
        self.letters.append("B")
        for state in self._ours():
            if state.used and self._was_cleared(state):
                state.used = False
            elif state.used and state.in_step:  # a closure
                state.onto_old += 1
                state.used = False
        if spot is not None:
            self.spots["backward"] = spot

    def after_backward(self, reaches: frozenset[int] | None) -> None:
        """It came to its end. `reaches`: numbers of the optimisers whose tensors it reached, None if that is not known."""
        self._backward_open = False
        for state in self.states:
            if reaches is None or state.number in reaches:
                state.backwards += 1
                state.all_backwards += 1
                state.reached_at = self.acts
                if state.steps == state.emptied and state in self._ours():
                    state.had = _some_gradient(state)

    def gradients_made(self) -> None:
        """A backward that is looked at is over: how large is what it left?"""
        for state in self._ours()[-_LAST:]:
            state.left = _gradient_norm(state)

    def gradients_used(self, state: OptimizerActs) -> None:
        """A step that is looked at is about to use it."""
        used = _gradient_norm(state) if state.left else 0.0
        if used and len(state.shrunk) < _PATTERNS:
            state.shrunk.append(state.left / used)
        state.left = 0.0

    def _was_cleared(self, state: OptimizerActs) -> bool:
        """Whether somebody cleared the gradients by hand: set them to None, or to zero in place."""
        parameter = None if state.probe is None else state.probe()
        gradient = None if parameter is None else parameter.grad
        if gradient is None:
            return True
        if gradient._version == state.version:  # untouched: no value need be looked at
            return False
        if not gradient.is_cpu:
            return True  # changed in place, most likely to zero; asking would make the device wait
        return not bool(gradient.detach().reshape(-1)[:1024].any())

    # -- step ------------------------------------------------------------------------------------------------------------

    def before_step(self, optimizer: Any, depth: int, *, closure: bool) -> OptimizerActs:
        """An optimiser is about to step."""
        state = self.state(optimizer) or self.made(optimizer, None)
        self.acts += 1
        by_hand = not closure and state.steps == state.emptied and state.had and not _some_gradient(state)
        if by_hand and state.cleared_at < state.reached_at:
            state.emptied += 1
            self.letters.append("Z")
        self.letters.append("S")
        state.thread = get_ident()
        state.in_step = True
        state.forgotten += state.remembered and not optimizer.state
        if not closure:
            cleared = by_hand or state.cleared_at > state.reached_at
            if cleared or (not state.probe_alive() and not _any_gradient(optimizer)):
                state.without_gradient += 1
            if by_hand:
                state.used = False
            if state.used and state.backwards:
                state.onto_old += 1
        if state.steps < 3 or "step" not in self.spots:
            self._mark("step", depth + 1)
        return state

    def after_step(self, state: OptimizerActs) -> bool:
        """It has stepped. Whether the position moved on."""
        state.in_step = False
        state.steps += 1
        state.backwards = 0
        state.used = state.emptied < state.steps
        optimizer = state.ref()
        if optimizer is not None:
            state.remembered = bool(optimizer.state)
            for parameter in optimizer.param_groups[0]["params"]:
                gradient = parameter.grad
                if gradient is not None:
                    state.probe, state.version = weakref.ref(parameter), gradient._version
                    break
        # Of several in turn, the one that steps most often leads: it is the first to step twice in a round. One that is gone does not.
        leads = (
            state is self._leader
            or self._leader is None
            or self._leader.ref() is None
            or state.stepped_at == self.position
        )
        if leads:
            self._leader = state
            first = not self.steps
            self.steps += 1
            self._round(max(self.position, 1) if first else None)
        state.stepped_at = self.position
        return leads

    def _round(self, position: int | None = None) -> None:
        """One more iteration is over."""
        self.position = self.position + 1 if position is None else position
        self.backwards_in_round[self.rounds_since] += 1
        if len(self.backwards_in_round) > _PATTERNS:
            self.backwards_in_round.clear()
        self.rounds_since = 0
        pattern = "".join(self.letters[-_LETTERS:])
        self.letters.clear()
        if len(self.patterns) < _PATTERNS or pattern in self.patterns:
            self.patterns[pattern] += 1

    # -- what it comes to ----------------------------------------------------------------------------------------------------

    def _mark(self, act: str, depth: int) -> None:
        spot = self.places.spot(depth + 1)
        if spot is not None:
            self.spots[act] = spot

    def order(self) -> str:
        """The acts of the most frequent round, runs of one act written once."""
        if not self.patterns:
            return _folded("".join(self.letters[-60:]))
        common = Counter[str]()
        for pattern, times in self.patterns.items():
            common[_folded(pattern)] += times
        return common.most_common(1)[0][0]

    def figures(self, state: OptimizerActs | None) -> dict[str, Any]:
        """The cumulative figures of the loop, as seen by one optimiser."""
        rounds = self.backwards_in_round
        usual = rounds.most_common(1)[0][0] if rounds else self.rounds_since
        found: dict[str, Any] = {
            "optimizer": -1 if state is None else state.number,
            "backwards": self.backwards if state is None else state.all_backwards,
            "steps": 0 if state is None else state.steps,
            "zero_grads": 0 if state is None else state.zero_grads,
            "steps_without_gradient": 0 if state is None else state.without_gradient,
            "backwards_onto_old": 0 if state is None else state.onto_old,
            "forgotten": 0 if state is None else state.forgotten,
            "backwards_per_step": usual,
            "failed_backwards": self.failed_backwards + self._backward_open,
            "retained": self.retained,
            "scaled": self.scaled,
            "skipped_steps": max(0, self.scaler_steps - (0 if state is None else state.steps)) if self.scaled else 0,
            "clips": self.clips,
            "clips_biting": self.clips_biting,
            "order": self.order(),
            "reseeds": self.reseeds,
        }
        if state is not None and state.shrunk:
            found["shrunk"] = median(state.shrunk)
        if state is not None and (held := state.parameters()):
            found["frozen"] = sum(not one.requires_grad for one in held)
        if self.clip_norm is not None:
            found["clip_norm"] = self.clip_norm
        return found


def _any_gradient(optimizer: Any) -> bool:
    """Whether any tensor that it holds has a gradient: usually the first one has."""
    return any(p.grad is not None for group in optimizer.param_groups for p in group["params"])


def _some_gradient(state: OptimizerActs) -> bool:
    """Whether one of the first tensors that it holds has a gradient that is not zero. False where asking would make a device wait."""
    gradients = [one.grad for one in state.parameters()[:4] if one.grad is not None]
    return any(one.is_cpu and not one.is_sparse and bool(one.detach().any()) for one in gradients)


def _gradient_norm(state: OptimizerActs) -> float:
    """Of all that it holds; 0 where there is none, or where asking would make a device wait."""
    gradients = [one.grad.detach() for one in state.parameters() if one.grad is not None]
    if any(not one.is_cpu or one.is_sparse for one in gradients):
        return 0.0
    return math.sqrt(sum(float(one.norm()) ** 2 for one in gradients))


def _folded(pattern: str) -> str:
    """Runs of one act as one: "BBBBSZ" as "BSZ": how often is told elsewhere."""
    return "".join(letter for at, letter in enumerate(pattern) if at == 0 or letter != pattern[at - 1])
