"""The data that a run sees: passes of loaders, statistics of batches, the order of labels, fingerprints of samples."""

import weakref
from collections import Counter
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from .contract import LOOKED_AT, few
from .places import Places, Spot

SENTINELS: Final = (-9999.0, -999.0, -99.0, 999.0, 9999.0)
"""Numbers by which people mark a missing value."""

FINGERPRINTS: Final = 200_000
"""Samples that are remembered, 60 bytes each."""

LABEL_BATCHES: Final = 5_000
"""Batches whose labels are followed, one after the other."""

_VALIDATIONS: Final = 8
"""Loaders that are not trained on and are told of one by one."""

CLASSES: Final = 4_096
_COLUMNS: Final = 64
"""Numbers of a sample that go into its fingerprint, evenly spread."""


@dataclass(slots=True)
class Loader:
    """A DataLoader, and how often it was passed over."""

    number: int
    ref: Any
    spot: Spot | None
    likeness: tuple[Any, ...] = ()
    passes: int = 0
    batches: int = 0  # of the pass that is going on
    in_training: int = 0  # batches that were followed by a backward
    told: bool = False
    seeding: Spot | None = None  # where each sample seeds a generator with a number that stays the same


class Loaders:
    """Which loader is being passed over."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self._by_id: dict[int, Loader] = {}
        self._made: dict[int, Spot | None] = {}
        self.all: list[Loader] = []
        self._iterators: weakref.WeakKeyDictionary[Any, Loader] = weakref.WeakKeyDictionary()
        self.current: Loader | None = None
        self.epochs = 0

    def made(self, loader: Any, depth: int) -> None:
        """One was constructed."""
        if len(self._made) < 256:
            self._made[id(loader)] = self._places.spot(depth + 1)

    def went_on(self, iterator: Any) -> Loader | None:
        """A pass goes on, maybe after one over another loader in between."""
        self.current = self._iterators.get(iterator, self.current)
        return self.current

    def started(self, loader: Any, iterator: Any, depth: int) -> Loader | None:
        """A pass over one begins."""
        known = self._by_id.get(id(loader))
        if known is None or known.ref() is not loader:
            spot = self._made.get(id(loader)) or self._places.spot(depth + 1)
            likeness = (spot, type(loader.sampler), type(loader.dataset), loader.batch_size, _length(loader))
            known = self._made_again(likeness)
            if known is None and len(self.all) >= 256:
                return None
            if known is None:
                known = Loader(len(self.all), weakref.ref(loader), spot, likeness)
                self.all.append(known)
            known.ref = weakref.ref(loader)
            if len(self._by_id) >= 64:
                self._by_id = {key: one for key, one in self._by_id.items() if id(one.ref()) == key}
            self._by_id[id(loader)] = known
        self._iterators[iterator] = known
        known.passes += 1
        known.batches = 0
        self.current = known
        if known is self.training():
            self.epochs = known.passes
        return known

    def _made_again(self, likeness: tuple[Any, ...]) -> Loader | None:
        """One of the same line and kind that is gone: the loop makes its loader anew in each epoch."""
        return next((one for one in self.all if one.likeness == likeness and one.ref() is None), None)

    def training(self) -> Loader | None:
        """The loader whose batches are trained on."""
        best = max(self.all, key=lambda one: one.in_training, default=None)
        return best if best is not None and best.in_training else None


def _length(loader: Any) -> int:
    try:
        return len(loader.dataset)
    except TypeError:
        return -1


def loader_figures(torch: Any, loader: Any) -> dict[str, Any]:
    """The keys of a `loader` event that speak of how it was made."""
    data = torch.utils.data
    sampler = loader.batch_sampler if loader.sampler is None else loader.sampler
    kind = type(sampler).__name__
    ordered = isinstance(sampler, data.SequentialSampler)
    known = isinstance(
        sampler, data.SequentialSampler | data.RandomSampler | data.WeightedRandomSampler | data.SubsetRandomSampler
    )
    figures: dict[str, Any] = {
        "sampler": kind,
        "batch_size": loader.batch_size if loader.batch_size is not None else -1,
        "drop_last": bool(loader.drop_last),
        "workers": int(loader.num_workers),
        "iterable": isinstance(loader.dataset, data.IterableDataset),
    }
    if known:
        figures["shuffled"] = not ordered
    try:
        figures["length"] = len(loader.dataset)
        figures["batches"] = len(loader)
    except TypeError:
        figures["length"] = figures["batches"] = -1
    return figures


class Labels:
    """The stream of labels in training: is it shuffled?"""

    def __init__(self) -> None:
        self.batches = self.samples = 0
        self.counts: Counter[float] = Counter()
        self._purities = 0.0
        self._size = 0.0
        self._changes = self._pairs = self._rises = 0
        self._last: float | None = None
        self.categorical = True

    def add(self, labels: list[float]) -> None:
        """The labels of one batch, in its order."""
        if not labels or self.batches >= LABEL_BATCHES:
            return
        self.batches += 1
        self.samples += len(labels)
        here = Counter(labels)
        if self.categorical:
            self.counts.update(here)
            if len(self.counts) > CLASSES or any(one != int(one) for one in here):
                self.categorical = False
                self.counts.clear()
        self._purities += here.most_common(1)[0][1] / len(labels)
        self._size += len(labels)
        previous = self._last
        for one in labels:
            if previous is not None:
                self._pairs += 1
                self._changes += one != previous
                self._rises += one >= previous
            previous = one
        self._last = previous

    def figures(self) -> dict[str, Any] | None:
        """The keys of a `labels` event; None before the second batch."""
        if self.batches < 2 or not self._pairs:
            return None
        found: dict[str, Any] = {
            "batches": self.batches,
            "samples": self.samples,
            "purity": self._purities / self.batches,
            "changes": self._changes / self._pairs,
            "monotone": self._rises / self._pairs,
        }
        if self.categorical:
            total = sum(self.counts.values())
            shares = [self.counts[key] / total for key in sorted(self.counts)]
            found["classes"] = len(shares)
            found["shares"] = tuple(shares[:64])
            found["changes_expected"] = 1.0 - sum(share * share for share in shares)
            found["purity_expected"] = expected_purity(shares, self._size / self.batches)
        return found


def expected_purity(shares: list[float], size: float) -> float:
    """The mean share of the most frequent class in shuffled batches of that size, drawn with a generator of our own."""
    n = max(1, round(size))
    if n == 1 or len(shares) == 1:
        return 1.0
    draws = max(8, min(200, 20_000 // n))
    generator = Random(0)  # noqa: S311 - draws, not secrets
    largest = (max(Counter(generator.choices(range(len(shares)), shares, k=n)).values()) for _ in range(draws))
    return sum(largest) / (draws * n)


class Fingerprints:
    """Samples by a hash of their numbers, to see them again: in validation, or twice within a pass."""

    def __init__(self, torch: Any) -> None:
        self._torch = torch
        self._factors: dict[int, Any] = {}
        self.train: set[int] = set()
        self._this_pass: set[int] = set()
        self.val: dict[int, set[int]] = {}  # by loader; all of them share the room
        self._room = FINGERPRINTS
        self.val_seen: Counter[int] = Counter()  # by loader
        self.train_seen = self.repeats = 0

    def begin_pass(self) -> None:
        """The training data are passed over once more."""
        self._this_pass.clear()

    def hashes(self, samples: Any) -> list[int]:
        """One number a sample (rows of the tensor); the same for the same numbers, whatever the batch."""
        torch = self._torch
        rows = samples.detach().reshape(samples.shape[0], -1)
        width = rows.shape[1]
        rows = rows[:, :: max(1, -(-width // _COLUMNS))]
        if rows.device.type != "cpu":
            rows = rows.cpu()
        bits = rows.float().contiguous().view(torch.int32).long() if rows.dtype.is_floating_point else rows.long()
        factors = self._factors.get(bits.shape[1])
        if factors is None:
            # odd multipliers of a splitmix sequence: made without any random number generator of the user's
            factors = self._factors[bits.shape[1]] = torch.tensor(
                [_mixed(at) for at in range(bits.shape[1])], dtype=torch.int64
            )
        mixed = bits * factors
        mixed = (mixed ^ (mixed >> 29)) * 0x2545F4914F6CDD1D
        return list(mixed.sum(1).tolist())

    def trained(self, samples: Any) -> None:
        """Samples seen in training."""
        for one in self.hashes(samples):
            self.train_seen += 1
            self.repeats += one in self._this_pass
            if len(self.train) < FINGERPRINTS:
                self.train.add(one)
                self._this_pass.add(one)

    def validated(self, samples: Any, loader: int) -> None:
        """Samples seen in validation."""
        found = self.hashes(samples)
        self.val_seen[loader] += len(found)
        known = self.val.setdefault(loader, set())
        if self._room > 0:
            before = len(known)
            known.update(found)
            self._room -= len(known) - before

    def figures(self) -> dict[str, Any]:
        """The keys of a `samples` event."""
        val = set().union(*self.val.values())
        loaders = sorted(self.val)[:_VALIDATIONS]
        return {
            "train": len(self.train),
            "val": len(val),
            "val_seen": self.val_seen.total(),
            "val_in_train": len(val & self.train),
            "train_repeats": self.repeats / self.train_seen if self.train_seen else 0.0,
            "loaders": tuple(loaders),
            "loader_val": tuple(len(self.val[one]) for one in loaders),
            "loader_seen": tuple(self.val_seen[one] for one in loaders),
            "loader_in_train": tuple(len(self.val[one] & self.train) for one in loaders),
        }


def _mixed(at: int) -> int:
    """An odd 63-bit number from a counter: the finaliser of splitmix64 (Steele, Lea and Flood, 2014)."""
    z = (at + 1) * 0x9E3779B97F4A7C15 & 0xFFFFFFFFFFFFFFFF
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 & 0xFFFFFFFFFFFFFFFF
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB & 0xFFFFFFFFFFFFFFFF
    return ((z ^ (z >> 31)) & 0x3FFFFFFFFFFFFFFF) | 1


def batch_figures(torch: Any, inputs: Any) -> dict[str, Any]:
    """The keys of a `batch` event for a tensor of shape (batch, …)."""
    figures: dict[str, Any] = {"shape": tuple(inputs.shape), "dtype": str(inputs.dtype).removeprefix("torch.")}
    inputs = inputs.detach()
    part = few(inputs, LOOKED_AT)
    part = part.double() if part.device.type != "mps" else part.float()
    finite = torch.isfinite(part)
    good = part[finite]
    figures["nonfinite"] = 1.0 - good.numel() / part.numel()
    if good.numel():
        figures["min"], figures["max"] = float(good.min()), float(good.max())
        figures["mean"], figures["std"] = float(good.mean()), float(good.std(correction=0))
        figures["whole"] = bool((good == good.round()).all())
        marks = torch.tensor(SENTINELS, dtype=good.dtype, device=good.device)
        figures["sentinels"] = float((good[:, None] == marks).any(1).double().mean())
    if inputs.dim() == 2 and inputs.shape[0] > 1 and inputs.shape[1] <= 4096:
        table = inputs[: max(2, LOOKED_AT // max(1, inputs.shape[1]))].float()
        table = torch.where(torch.isfinite(table), table, 0.0)
        spread, mean = table.std(0, correction=0), table.mean(0)
        varying = spread[spread > 0]
        figures["features"] = int(spread.numel())
        figures["constant_features"] = int(spread.numel() - varying.numel())
        if varying.numel():
            figures["feature_std_low"], figures["feature_std_high"] = float(varying.min()), float(varying.max())
        figures["feature_mean_high"] = float(mean.abs().max())
    return figures


def first_tensor(torch: Any, batch: Any, depth: int = 0) -> Any:
    """The inputs of a batch as loaders give them: the first tensor with a batch axis."""
    if isinstance(batch, torch.Tensor):
        return batch if batch.dim() >= 1 and batch.numel() and batch.layout == torch.strided else None
    if depth > 2:
        return None
    if isinstance(batch, dict):
        values: Any = batch.values()
    elif isinstance(batch, list | tuple):
        values = batch
    else:
        return None
    for value in values:
        found = first_tensor(torch, value, depth + 1)
        if found is not None:
            return found
    return None
