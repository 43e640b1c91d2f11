"""A sample of what goes into the model beside what is asked for: a few hundred pairs of training and of validation, and the answers.

Nothing of them is written down: `likeness` turns them into a few numbers when the run is over (and now and then before).
Everything has a budget of its own: a sample that would cost too much stays small.
"""

import weakref
from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any, Final

from . import handmade
from .answers import BINARY_LOSSES, CLASS_LOSSES, answered, late
from .batches import first_tensor
from .contract import arguments
from .likeness import ANSWERS, Table, look
from .several import together
from .xray import key as place_of

MOST: Final = {"train": 1500, "val": 800}
"""Samples that are kept."""

WIDTH: Final = 64
"""Numbers of a sample that are kept: pictures are pooled to as many, longer rows strided. Tables keep all up to TABLE."""

TABLE: Final = 128
COLUMNS: Final = 16
"""Numbers of a target at the most: more is a picture or a text."""

GRACE: Final = 0.06
SHARE: Final = 0.002
"""Seconds, and share of the time of the run, that gathering may take."""

RARER: Final = 120.0
"""So many times as long as an answer took to look at, none is looked at."""

ALWAYS: Final = 48
"""Batches of each phase that are kept whatever it takes: what a run tells must not hang on how busy the machine is."""

AGAIN: Final = 20.0
"""Seconds until the first look of a run that is still going on; then ever more rarely. Looking itself takes up to half a second."""


_BATCH: Final = 256
"""Samples of one batch that are kept at the most; the first ones."""

_TOKENS: Final = 65_536
_COLD: Final = 4
"""Looks at answers that take long only because they are the first."""

_TABLES: Final = 6
_SPOTS: Final = 64
"""Lines with a loss that are told apart."""

_CALLS: Final = 4
NUMBER_LOSSES: Final = ("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss")


@dataclass(slots=True)
class Given:
    """What one call of a model was given."""

    features: Any  # numpy array (rows, width)
    rows: int
    training: bool
    model: int = 0  # its number
    tokens: bool = False  # ids, one target each
    used: bool = False  # its targets are known
    ids: int = 0  # of the features, the last: names of things, no amounts
    joined: bool = False  # features of several tensors
    spot: Any = None  # where a loss was computed whose targets are one a pixel

    @property
    def phase(self) -> str:
        """Of the parts."""
        return "train" if self.training else "val"


@dataclass(slots=True)
class Part:
    """The samples of one phase."""

    inputs: list[Any] = field(default_factory=list)
    targets: list[Any] = field(default_factory=list)
    times: list[int] = field(default_factory=list)  # steps before each of them
    largest: int = 0  # rows of a batch
    known: set[bytes] = field(default_factory=set)
    count: int = 0  # samples kept
    seen: int = 0  # samples looked at
    again: int = 0  # of which were kept before
    varied: float = 0.0  # sum over batches of the share of different inputs
    batches: int = 0
    barren: int = 0  # batches in a row that brought nothing new
    ids: int = 0  # of the features, the last

    def __bool__(self) -> bool:
        """Whether there is anything."""
        return self.count > 0


class Pairs:
    """Gathers the pairs. Every method is called from a guarded look."""

    def __init__(self, torch: Any) -> None:
        self._torch = torch
        self._began = perf_counter()
        self._spent = {"train": 0.0, "val": 0.0}
        self._look_at = self._began + AGAIN
        self._given: list[Given] = []
        self._losses: Counter[tuple[Any, ...]] = Counter()  # computed since these calls, by kind and columns
        self._roles: dict[Any, tuple[int, int]] = {}  # a spot: model, and which of the losses of its kind it is
        self._turns: dict[Any, int] = {}  # a spot and a phase: which of them it was last
        self._rounds: Counter[Any] = Counter()  # a spot: the last of the losses of one call that are computed there
        self._position = 0  # steps so far
        self._used = False  # a loss followed these calls
        self._welcomes = 0  # how often that was so
        self._welcome = 0  # calls that are looked at because an optimiser was made: there may be another model
        self._calls: Counter[int] = Counter()  # looked at, by model
        self._answer: Any = None  # what a model made last with gradients, its place in the graph, and its version
        self._handmade: dict[int, tuple[str, int]] = {}  # kind and columns of the losses by hand, by model
        self._beside: tuple[Any, Any] = (None, None)  # weak: the two tensors of a loader's batch
        self._tables: dict[tuple[Any, ...], dict[str, Part]] = {}
        self._answers: dict[tuple[Any, ...], dict[str, deque[tuple[Any, ...]]]] = {}
        self._spots: dict[tuple[Any, ...], dict[str, Any]] = {}
        self._next: dict[Any, float] = {}  # a spot and a phase: when an answer is looked at again
        self._taken: dict[Any, float] = {}  # the position at which an answer was looked at last
        self._entered = {"train": 0, "val": 0}
        self._answered_so_far = 0
        self._void = 0  # calls of models that brought nothing to keep

    # -- whether there is more to be seen --------------------------------------------------------------------------------------

    def hungry(self, phase: str) -> bool:
        """Whether more samples of this phase are wanted."""
        if self._void > 8:
            return False
        if self._welcome > 0:
            return True
        if self._entered[phase] >= ALWAYS and self._spent[phase] > GRACE + SHARE * (perf_counter() - self._began):
            return False
        parts = [parts[phase] for parts in self._tables.values()]
        if not parts:
            return True
        return any(one.count < MOST[phase] and one.seen < 3 * MOST[phase] and one.barren < 4 for one in parts)

    def anew(self) -> None:
        """An optimiser was made."""
        if self._tables and self._welcomes < _CALLS:
            self._welcomes += 1
            self._welcome = ALWAYS

    # -- what is given, and what is asked for -------------------------------------------------------------------------------------

    def entered(self, args: tuple[Any, ...], *, training: bool, model: int = 0, position: int = 0) -> None:
        """A model is called, `position` steps after the start."""
        self._position = position
        phase = "train" if training else "val"
        if self._used or (training and any(not one.training for one in self._given)):
            self.forget()  # what was computed so far belongs to the calls before
        new = self._calls[model] < _CALLS
        if not self.hungry(phase) and not new:
            if training and model in self._handmade and (rows := first_tensor(self._torch, args)) is not None:
                self._given.append(Given(None, int(rows.shape[0]), training, model))  # for the answers alone
            return
        self._calls[model] += 1
        self._welcome -= 1
        began = perf_counter()
        self._entered[phase] += 1
        inputs = first_tensor(self._torch, args)
        features, ids = None if inputs is None or inputs.requires_grad else self._features(inputs), 0
        if (joined := self._joined(args)) is not None:
            features, ids = joined
        if features is None:
            self._void += 1
        else:
            if len(self._given) >= _CALLS:
                self._given.pop(0)  # a call that no loss followed
            tokens = joined is None and not inputs.dtype.is_floating_point and inputs.dim() == 2
            one = Given(features, int(inputs.shape[0]), training, model, tokens, ids=ids, joined=joined is not None)
            self._given.append(one)
            if not training and model in self._handmade:
                self._validated(inputs)
        self._spent[phase] += perf_counter() - began

    def forget(self) -> None:
        """What was given has been used: what comes next belongs to other calls."""
        for one in self._given:
            if not (one.used or one.tokens or one.features is None):  # no loss that is known followed
                nothing = self._torch.zeros(min(one.rows, _BATCH), 1)
                self._keep(("inputs", 0, one.features.shape[1], one.model, 0), one.phase, [one], nothing, one.spot)
        self._given, self._losses, self._used, self._answer = [], Counter(), False, None

    # -- losses by hand ------------------------------------------------------------------------------------------------------------

    @property
    def any_by_hand(self) -> bool:
        """Whether a loss that was written by hand was read."""
        return bool(self._handmade)

    def left(self, output: Any) -> None:
        """What the outermost module made, with gradients."""
        made = first_tensor(self._torch, output) if self._given and not self._used else None
        self._answer = None
        if made is not None and made.grad_fn is not None:
            # Its numbers and the place in the graph: the graph itself must not live longer for it.
            self._answer = (made.detach(), place_of(made.grad_fn), made._version)

    def answered(self) -> tuple[Any, int] | None:
        """What the outermost module made last with gradients, and its place in the graph; None where it was written over since."""
        made = self._answer
        return None if made is None or made[0]._version != made[2] else (made[0], made[1])

    def loaded(self, batch: Any) -> None:
        """A loader gave a batch: of two tensors, the second may be what is asked for."""
        parts = list(batch.values()) if isinstance(batch, dict) else batch
        two = isinstance(parts, list | tuple) and len(parts) == 2
        fine = two and all(isinstance(one, self._torch.Tensor) and one.dim() for one in parts)
        self._beside = (weakref.ref(parts[0]), weakref.ref(parts[1])) if fine else (None, None)

    def by_hand(self, root: Any, spot: Any, position: int) -> Any:
        """A backward of a loss that no known function made: its targets, if it is of classes; None else."""
        given = [one for one in self._given if one.training and not one.tokens]
        answer, self._answer = self._answer, None
        if self._used or len(given) != 1 or answer is None or not answer[0].dim() or answer[0]._version != answer[2]:
            return None
        began = perf_counter()
        found = handmade.asked(self._torch, root, answer[0], answer[1], given[0].rows)
        if found is not None and (found[0] == "class" or found[1] <= COLUMNS):
            kind, columns, wanted = found
            self._used = given[0].used = True
            self._handmade[given[0].model] = (kind, columns)
            if (features := given[0].features) is not None:
                self._keep(
                    (kind, columns, features.shape[1], given[0].model, 0), "train", given, wanted, spot, exact=False
                )
            if kind != "binary":  # whether 0 or a half parts the answers is not told
                like = CLASS_LOSSES[0] if kind == "class" else NUMBER_LOSSES[0]
                self._answered((kind, columns, given[0].model, 0), "train", like, answer[0], wanted, position)
        self._spent["train"] += perf_counter() - began
        return None if found is None or found[0] == "number" else found[2]

    def _validated(self, inputs: Any) -> None:
        """A model with a loss by hand is called without gradients: what the loader gave beside its inputs is what is asked for."""
        first, second = (None if one is None else one() for one in self._beside)
        kind, columns = self._handmade[self._given[-1].model]
        if first is None or second is None or first.shape != inputs.shape or second.shape[0] != inputs.shape[0]:
            return
        wide = second.numel() // max(1, second.shape[0])
        if wide != (columns if kind == "number" else 1):
            return
        wanted = second.detach().reshape(second.shape[0], -1) if kind == "number" else second.detach().reshape(-1)
        one = self._given[-1]
        self._keep((kind, columns, one.features.shape[1], one.model, 0), "val", [one], wanted, None)
        self._used = one.used = True

    def _features(self, inputs: Any) -> Any:
        """At most `_BATCH` rows of at most `WIDTH` (a table: `TABLE`) numbers each; tokens as they are; None for what is no batch."""
        torch = self._torch
        if inputs.dim() == 2 and inputs.dtype in (torch.int64, torch.int32) and inputs.shape[1] > 1:
            return inputs.detach()[:, :_BATCH].cpu().numpy() if inputs.numel() <= _TOKENS else None
        if inputs.dim() < 2 or inputs.shape[0] < 1 or inputs.is_complex() or inputs.is_quantized:
            return None
        if not inputs.dtype.is_floating_point and (inputs.dim() == 2 or inputs.dtype not in (torch.uint8, torch.bool)):
            return None
        with torch.no_grad():
            rows = inputs.detach()[:_BATCH]
            if rows[0].numel() > (TABLE if rows.dim() == 2 else WIDTH):
                side = int((WIDTH / max(1, rows.shape[1])) ** 0.5)
                if rows.dim() == 4 and side >= 2:
                    rows = torch._C._nn.adaptive_avg_pool2d(rows.float(), (side, side))
                else:
                    rows = rows.reshape(rows.shape[0], -1)
                    most = TABLE if inputs.dim() == 2 else WIDTH
                    rows = rows[:, :: -(-rows.shape[1] // most)]
            return rows.reshape(rows.shape[0], -1).float().cpu().numpy().copy()

    def _joined(self, args: tuple[Any, ...]) -> tuple[Any, int] | None:
        """Rows of several tensors, and how many of the columns are ids."""
        both = together(self._torch, args)
        if both is None:
            return None
        numbers, ids = both
        with self._torch.no_grad():
            rows = self._torch.cat([one[:_BATCH].double() for one in (*numbers, *ids)], 1)
            return rows.cpu().numpy(), len(ids)

    def lost(
        self, function: str, args: tuple[Any, ...], kwargs: dict[str, Any], spot: Any, position: int, *, training: bool
    ) -> None:
        """A loss was computed from answers and targets, `position` steps after the start."""
        phase = "train" if training else "val"
        now = perf_counter()
        given = self._given  # kept until the next call: a network with several heads has a loss for each
        self._used = True
        where = (spot, phase)
        if where not in self._turns and len(self._turns) >= _SPOTS:
            known: tuple[dict[Any, Any], ...] = (self._turns, self._rounds, self._roles, self._next, self._taken)
            for table in known:
                table.clear()  # cells of a notebook, run again and again
        self._turns[where] = self._turns.get(where, -1) + 1
        early = now < self._next.get(where, 0.0)
        if early and position > 1.05 * self._taken.get(where, -1.0):
            early = False  # so that there is one of the last steps, however slow the machine
        if early and not given:
            return
        made, target = arguments(args, kwargs)
        read = self._target(function, made, target)
        if read is not None:
            kind, columns, wanted = read
            if kind in ("class", "dense") and isinstance(ignored := kwargs.get("ignore_index"), int) and ignored >= 0:
                wanted = self._torch.where(wanted == ignored, -1, wanted)
            mine = [one for one in given if one.training is training and self._fits(one, target, wanted)]
            if mine and mine[0].tokens and kind != "dense":
                kind = "tokens"
            for one in mine:
                one.used = kind != "dense"  # of which the inputs alone are kept: one target a sample there is none
                one.spot = spot
            role = self._role(spot, phase, kind, columns, mine)
            if mine and kind != "dense":
                width = 1 if mine[0].tokens else mine[0].features.shape[1]
                self._keep((kind, columns, width, *role), phase, mine, wanted, spot)
                self._spent[phase] += perf_counter() - now
                now = perf_counter()
            if kind == "class" and ("tokens", columns, 1, *role) in self._tables:
                kind = "tokens"
            if not early:
                self._answered((kind, columns, *role), phase, function, made, wanted, position)
        if not early:
            self._taken[where] = position
            self._answered_so_far += 1
            took = perf_counter() - now if self._answered_so_far > _COLD else 0.0
            self._next[where] = now + took * RARER

    def _role(self, spot: Any, phase: str, kind: str, columns: int, given: list[Given]) -> tuple[int, int]:
        """The model that a loss is of, and which of its losses of this kind: as the calls tell, else by turns as at that line before."""
        if not given:
            model, first = self._roles.get(spot, (0, 0))
            return model, first + self._turns[spot, phase] % (self._rounds[spot] - first + 1)
        number = self._losses[kind, columns]
        self._losses[kind, columns] += 1
        first = min(number, self._roles.get(spot, (0, number))[1])
        self._roles[spot] = (given[-1].model, first)
        self._rounds[spot] = max(self._rounds[spot], number)
        self._turns[spot, phase] = number - first
        return given[-1].model, number

    def _target(self, function: str, made: Any, target: Any) -> tuple[str, int, Any] | None:
        """Kind, columns, and the targets as a tensor of shape (rows,) or (rows, columns); None where there is not one a sample."""
        torch = self._torch
        if not isinstance(made, torch.Tensor) or not isinstance(target, torch.Tensor) or target.dim() < 1:
            return None
        if not made.numel() or made.dim() < 1 or made.shape[0] != target.shape[0]:
            return None
        if function in CLASS_LOSSES:
            if target.dtype.is_floating_point or made.dim() < 2 or made.numel() != target.numel() * made.shape[1]:
                return None
            if target.dim() > 1:
                return "dense", int(made.shape[1]), target.detach()
            return "class", int(made.shape[1]), target.detach()
        if function in BINARY_LOSSES and target.numel() == made.numel():
            return ("binary" if target.numel() == target.shape[0] else "dense"), 2, target.detach().reshape(-1)
        columns = target.numel() // max(1, target.shape[0])
        if function in NUMBER_LOSSES and columns <= COLUMNS and target.numel() == made.numel():
            return "number", columns, target.detach().reshape(target.shape[0], -1)
        return None

    def _fits(self, given: Given, target: Any, wanted: Any) -> bool:
        """Whether a target belongs to what was given: one a sample, or one a token."""
        if given.tokens:
            return bool(given.features.size == wanted.numel() and target.numel() == wanted.numel())
        return given.rows == int(target.shape[0])

    def _keep(
        self, key: tuple[Any, ...], phase: str, given: list[Given], wanted: Any, spot: Any, *, exact: bool = True
    ) -> None:
        """`exact`: whether targets are the same numbers each time; those that are computed from a difference are rounded otherwise."""
        parts = self._tables.get(key)
        if parts is None:
            if sum((one[0] == "inputs") is (key[0] == "inputs") for one in self._tables) >= _TABLES:
                return
            parts = self._tables[key] = {"train": Part(), "val": Part()}
        if spot is not None:
            self._spots.setdefault(key, {}).setdefault(phase, spot)
        part = parts[phase]
        features = given[-1].features
        same = len(given) == 2 and given[0].features.shape == features.shape
        if same and given[0].model == given[1].model:
            features = abs(given[0].features - features)  # a pair of samples that are to be compared
        elif len(given) != 1 and not (same and (given[0].features == features).all()):
            return
        if given[0].tokens:
            features, wanted = features.reshape(-1, 1), wanted.reshape(-1)
            kept = (wanted >= 0).cpu().numpy()  # those that are ignored are negative, by torch's own custom
            features, wanted = features[kept][:_BATCH], wanted[wanted >= 0]
            if not len(features):
                return
        targets = wanted[:_BATCH].double().cpu().numpy().reshape(features.shape[0], -1)
        if (
            key[0] != "inputs"
            and given[-1].joined
            and any((features[:, [at]] == targets).all() for at in range(features.shape[1]))
        ):
            return  # the model is given the answers too: it computes its own loss, or is told what came before
        part.ids = given[-1].ids
        rows = [row.tobytes() for row in features]
        part.batches += 1
        part.varied += len(set(rows)) / len(rows)
        part.seen += len(rows)
        fresh = []
        for at, (row, one) in enumerate(zip(rows, targets, strict=True)):
            mark = row if not exact else row + one.tobytes()
            if mark in part.known and not given[0].tokens:
                part.again += 1
            elif part.count < MOST[phase]:
                part.known.add(mark)
                part.count += 1
                fresh.append(at)
        part.barren = 0 if fresh else part.barren + 1
        part.largest = max(part.largest, given[-1].rows)
        if fresh:
            part.times.append(self._position)
            part.inputs.append(features[fresh])
            part.targets.append(targets[fresh])

    def _answered(self, key: tuple[Any, ...], phase: str, function: str, made: Any, wanted: Any, position: int) -> None:
        sums = answered(self._torch, key[0], key[1], function, made, wanted)
        if sums is not None:
            answers = self._answers.setdefault(key, {"train": deque(maxlen=ANSWERS), "val": deque(maxlen=ANSWERS)})
            answers[phase].append((*sums, position))

    # -- what it comes to ------------------------------------------------------------------------------------------------------

    def due(self) -> bool:
        """Whether a run that still goes on is looked at now."""
        now = perf_counter()
        if now < self._look_at:
            return False
        self._look_at = now + 10 * (now - self._began)
        return True

    def figures(self, position: int) -> list[tuple[dict[str, Any], dict[str, Any]]]:
        """The keys of the `data-look` events, one a kind of pairs, with their spots; the one with most samples last."""
        found = []
        for key, parts in self._matched()[:_TABLES]:
            tables = {
                phase: Table(
                    part.inputs,
                    part.targets,
                    part.seen,
                    part.again,
                    part.varied / max(1, part.batches),
                    late(answers, position),
                    sum(len(one) for one, when in zip(part.inputs, part.times, strict=True) if when < position),
                    part.largest > _BATCH,
                    part.ids,
                )
                for phase, (part, answers) in parts.items()
            }
            data = {"kind": key[0], "columns": key[1], "features": key[2], "model": key[3], "loss": key[4]}
            found.append((data | look(key[0], tables["train"], tables["val"]), self._spots.get(key, {})))
        return sorted(found, key=lambda one: one[0].get("train", 0) + one[0].get("val", 0))[-3:]

    def _matched(self) -> list[tuple[tuple[Any, ...], dict[str, tuple[Part, Iterable[tuple[Any, ...]]]]]]:
        """The parts of each kind of pairs. What is trained and validated under two names (an average, a wrapper) is put together."""
        nothing = {"train": Part(), "val": Part()}
        alone = [
            (*one[:2], 0, *one[2:])
            for one in self._answers
            if not any(one == (*key[:2], *key[3:]) for key in self._tables)
        ]
        keys = [*self._tables, *alone]
        parts: dict[tuple[Any, ...], dict[str, tuple[Part, Iterable[tuple[Any, ...]]]]] = {
            key: {
                phase: (part, self._answers.get((*key[:2], *key[3:]), {}).get(phase, ()))
                for phase, part in self._tables.get(key, nothing).items()
            }
            for key in keys
        }
        lone = {
            phase: [key for key in keys if any(parts[key][phase]) and not any(parts[key][other])]
            for phase, other in (("train", "val"), ("val", "train"))
        }
        for key in lone["val"]:
            if key[0] == "inputs":  # a loss by hand tells of its targets in training alone
                same = [one for one in keys if one[2:4] == key[2:4] and parts[one]["train"][0]]
                parts[key]["train"] = parts[same[0]]["train"] if same else parts[key]["train"]
                continue
            other = next((one for one in lone["train"] if (*one[:3], one[4]) == (*key[:3], key[4])), None)
            if other is not None:
                parts[other]["val"] = parts.pop(key)["val"]
                lone["train"].remove(other)
                self._spots.setdefault(other, {}).update(self._spots.get(key, {}))
        return list(parts.items())
