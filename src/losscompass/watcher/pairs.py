"""A sample of what goes into the model beside what is asked for: a few hundred pairs of training and of validation, and the answers.

Nothing of them is written down: `likeness` turns them into a few numbers when the run is over (and now and then before).
Everything has a budget of its own: a sample that would cost too much stays small.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any, Final

from .batches import first_tensor
from .contract import arguments
from .likeness import ANSWERS, Table, look

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

ALWAYS: Final = 16
"""Batches of each phase that are kept whatever it takes: what a run tells must not hang on how busy the machine is."""

AGAIN: Final = 20.0
"""Seconds until the first look of a run that is still going on; then ever more rarely. Looking itself takes up to half a second."""

LATE: Final = 0.85
"""Share of the run from which on answers count."""

STALE: Final = 0.6
"""Share of the run before which the last answers say nothing of its end."""

_BATCH: Final = 256
"""Samples of one batch that are kept at the most; the first ones."""

_TOKENS: Final = 65_536
_COLD: Final = 4
"""Looks at answers that take long only because they are the first."""

_PIXELS: Final = 1000
_TABLES: Final = 6
_CALLS: Final = 4
CLASS_LOSSES: Final = ("cross_entropy", "nll_loss", "multi_margin_loss")
BINARY_LOSSES: Final = ("binary_cross_entropy_with_logits", "binary_cross_entropy")
NUMBER_LOSSES: Final = ("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss")


@dataclass(slots=True)
class Given:
    """What one call of a model was given."""

    features: Any  # numpy array (rows, width)
    rows: int
    training: bool
    tokens: bool = False  # ids, one target each


@dataclass(slots=True)
class Part:
    """The samples of one phase."""

    inputs: list[Any] = field(default_factory=list)
    targets: list[Any] = field(default_factory=list)
    known: set[bytes] = field(default_factory=set)
    count: int = 0  # samples kept
    seen: int = 0  # samples looked at
    again: int = 0  # of which were kept before
    varied: float = 0.0  # sum over batches of the share of different inputs
    batches: int = 0
    barren: int = 0  # batches in a row that brought nothing new


class Pairs:
    """Gathers the pairs. Every method is called from a guarded look."""

    def __init__(self, torch: Any) -> None:
        self._torch = torch
        self._began = perf_counter()
        self._spent = {"train": 0.0, "val": 0.0}
        self._look_at = self._began + AGAIN
        self._given: list[Given] = []
        self._tables: dict[tuple[Any, ...], dict[str, Part]] = {}
        self._answers: dict[tuple[Any, ...], dict[str, deque[tuple[Any, ...]]]] = {}
        self._spots: dict[tuple[Any, ...], dict[str, Any]] = {}
        self._next = {"train": 0.0, "val": 0.0}  # when an answer is looked at again
        self._taken = {"train": -1.0, "val": -1.0}  # the position at which an answer was looked at last
        self._entered = {"train": 0, "val": 0}
        self._answered_so_far = 0
        self._void = 0  # calls of models that brought nothing to keep

    # -- whether there is more to be seen --------------------------------------------------------------------------------------

    def hungry(self, phase: str) -> bool:
        """Whether more samples of this phase are wanted."""
        if self._void > 8:
            return False
        if self._entered[phase] >= ALWAYS and self._spent[phase] > GRACE + SHARE * (perf_counter() - self._began):
            return False
        parts = [parts[phase] for parts in self._tables.values()]
        if not parts:
            return True
        return any(one.count < MOST[phase] and one.seen < 3 * MOST[phase] and one.barren < 4 for one in parts)

    # -- what is given, and what is asked for -------------------------------------------------------------------------------------

    def entered(self, args: tuple[Any, ...], *, training: bool) -> None:
        """A model is called."""
        phase = "train" if training else "val"
        if not self.hungry(phase):
            return
        began = perf_counter()
        self._entered[phase] += 1
        inputs = first_tensor(self._torch, args)
        features = None if inputs is None or inputs.requires_grad else self._features(inputs)
        if features is None:
            self._void += 1
        else:
            if len(self._given) >= _CALLS:
                self._given.pop(0)  # a call that no loss followed
            tokens = not inputs.dtype.is_floating_point and inputs.dim() == 2
            self._given.append(Given(features, int(inputs.shape[0]), training, tokens))
        self._spent[phase] += perf_counter() - began

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

    def lost(
        self, function: str, args: tuple[Any, ...], kwargs: dict[str, Any], spot: Any, position: int, *, training: bool
    ) -> None:
        """A loss was computed from answers and targets, `position` steps after the start."""
        phase = "train" if training else "val"
        now = perf_counter()
        given, self._given = self._given, []
        early = now < self._next[phase]
        if early and position > 1.05 * self._taken[phase]:
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
            width = 0 if not mine else 1 if mine[0].tokens else mine[0].features.shape[1]
            key = (kind, columns, width)
            if mine and kind != "dense":
                if mine[0].tokens:
                    key = ("tokens", columns, 1)
                self._keep(key, phase, mine, wanted, spot)
                self._spent[phase] += perf_counter() - now
                now = perf_counter()
            if kind == "class" and ("tokens", columns, 1) in self._tables:
                key = ("tokens", columns, 1)
            if not early:
                self._answered(key[:2], phase, function, made, wanted, position)
        if not early:
            self._taken[phase] = position
            self._answered_so_far += 1
            took = perf_counter() - now if self._answered_so_far > _COLD else 0.0
            self._next[phase] = now + took * RARER

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

    def _keep(self, key: tuple[Any, ...], phase: str, given: list[Given], wanted: Any, spot: Any) -> None:
        parts = self._tables.get(key)
        if parts is None:
            if len(self._tables) >= _TABLES:
                return
            parts = self._tables[key] = {"train": Part(), "val": Part()}
        self._spots.setdefault(key, {}).setdefault(phase, spot)
        part = parts[phase]
        features = given[0].features
        if len(given) == 2 and given[1].features.shape == features.shape:
            features = abs(features - given[1].features)  # a pair of samples that are to be compared
        elif len(given) != 1:
            return
        if given[0].tokens:
            features, wanted = features.reshape(-1, 1), wanted.reshape(-1)
            kept = (wanted >= 0).cpu().numpy()  # those that are ignored are negative, by torch's own custom
            features, wanted = features[kept][:_BATCH], wanted[wanted >= 0]
            if not len(features):
                return
        targets = wanted[:_BATCH].double().cpu().numpy().reshape(features.shape[0], -1)
        rows = [row.tobytes() for row in features]
        part.batches += 1
        part.varied += len(set(rows)) / len(rows)
        part.seen += len(rows)
        fresh = []
        for at, (row, one) in enumerate(zip(rows, targets, strict=True)):
            mark = row + one.tobytes()
            if mark in part.known and not given[0].tokens:
                part.again += 1
            elif part.count < MOST[phase]:
                part.known.add(mark)
                part.count += 1
                fresh.append(at)
        part.barren = 0 if fresh else part.barren + 1
        if fresh:
            part.inputs.append(features[fresh])
            part.targets.append(targets[fresh])

    def _answered(self, key: tuple[Any, ...], phase: str, function: str, made: Any, wanted: Any, position: int) -> None:
        """What the network said, as sums: (hits, rows) a class, or the squares of its errors and of the targets."""
        torch, (kind, columns) = self._torch, key
        made = made.detach()
        if kind == "dense" or (kind == "tokens" and made.dim() > 2):
            made, wanted = self._flat(made, wanted, binary=function in BINARY_LOSSES)
        made, wanted = made[: 4 * _BATCH], wanted[: 4 * _BATCH]
        if kind == "number":
            if made.shape[0] != wanted.shape[0]:
                return
            errors = made.reshape(wanted.shape).double() - wanted.double()
            numbers = wanted.double()
            sums = torch.stack([errors.square().sum(0), numbers.sum(0), numbers.square().sum(0)]).tolist()
            entry: tuple[Any, ...] = (int(wanted.shape[0]), *sums, position)
        else:
            if function in CLASS_LOSSES:
                said, asked, classes = made.argmax(1), wanted, columns
            else:
                border = 0.0 if function.endswith("logits") else 0.5
                said, asked, classes = (made.reshape(-1) > border).long(), (wanted > 0.5).long(), 2
            if classes > 256:
                return
            good = (asked >= 0) & (asked < classes)
            said, asked = said[good].cpu(), asked[good].cpu()
            hits = torch.bincount(asked[said == asked], minlength=classes).tolist()
            entry = (
                int(asked.numel()),
                hits,
                torch.bincount(asked, minlength=classes).tolist(),
                torch.bincount(said, minlength=classes).tolist(),
                position,
            )
        answers = self._answers.setdefault(key, {"train": deque(maxlen=ANSWERS), "val": deque(maxlen=ANSWERS)})
        answers[phase].append(entry)

    def _flat(self, made: Any, wanted: Any, *, binary: bool) -> tuple[Any, Any]:
        """Pixels or tokens of a batch as samples, evenly spread: (n,) or (n, classes) beside (n,)."""
        made = made.reshape(-1) if binary else made.movedim(1, -1).reshape(-1, made.shape[1])
        wanted = wanted.reshape(-1)
        every = max(1, wanted.numel() // _PIXELS) | 1
        return made[::every], wanted[::every]

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
        alone = [key for key in self._answers if not any(key == one[:2] for one in self._tables)]
        kinds = [*self._tables.items(), *(((*key, 0), {"train": Part(), "val": Part()}) for key in alone)]
        for key, parts in kinds[:_TABLES]:
            answers = self._answers.get(key[:2], {})
            tables = {
                phase: Table(
                    part.inputs,
                    part.targets,
                    part.seen,
                    part.again,
                    part.varied / max(1, part.batches),
                    _late(answers.get(phase, ()), position),
                )
                for phase, part in parts.items()
            }
            data = {"kind": key[0], "columns": key[1], "features": key[2]}
            found.append((data | look(key[0], tables["train"], tables["val"]), self._spots.get(key, {})))
        return sorted(found, key=lambda one: one[0].get("train", 0) + one[0].get("val", 0))[-3:]


def _late(answers: Iterable[tuple[Any, ...]], position: int) -> list[tuple[Any, ...]]:
    """The answers of the last part of the run, without the position; none where that was not seen."""
    known = list(answers)
    last = known[-1][-1] if known else 0
    if last < STALE * position:
        return []
    return [one[:-1] for one in known if one[-1] >= LATE * last]
