"""Whether training and validation were drawn from the same: each feature's distribution, and a model that tells the rows apart."""

from collections import Counter
from collections.abc import Iterator

import numpy as np
from jaxtyping import Float

from ..evidence.records import Event
from .cells import Layout, places
from .design_matrix import design
from .learning import ranking
from .out_of_bag import FEWEST, predict_classes
from .profile import Profile
from .target import Target

MOST = 4_000
SHOWN = 20


def shifted(
    train: Profile, val: Profile, targets: tuple[Target | None, Target | None], leave_out: frozenset[str], seed: int = 0
) -> Iterator[Event]:
    """The events `shift` (the features that differ most first) and `splits` (means and spreads of both parts)."""
    theirs_too = set(val.roles.features) - leave_out
    common = [name for name in train.roles.features if name in theirs_too]
    layout, other = Layout.of(train.table, common), Layout.of(val.table, common)
    both, known, here = set(other.numeric), set(val.table.names), set(train.table.names)
    names = [name for name in layout.numeric if name in both]
    texts = [name for name in layout.text if name in set(other.text)]
    rows = []
    mine, theirs = places(train.layout.numeric), places(val.layout.numeric)
    for name in names:
        a = train.sample.numbers[:, mine[name]]
        b = val.sample.numbers[:, theirs[name]]
        rows.append((name, *distance(a[np.isfinite(a)], b[np.isfinite(b)])))
        gaps = float(np.isnan(b).mean() - np.isnan(a).mean())
        if abs(gaps) > rows[-1][1]:
            rows[-1] = (name, abs(gaps), chance_of(abs(gaps), a.size, b.size))
    rows += [
        (name, *difference(train.sample.texts[name].to_list(), val.sample.texts[name].to_list())) for name in texts
    ]
    if targets[0] is not None and targets[1] is not None and (targets[0].codes is None) == (targets[1].codes is None):
        rows.append((targets[0].name, *_targets(targets[0], targets[1])))
    rows.sort(key=lambda row: -row[1])
    apart, error = _told_apart(train, val, frozenset(train.roles.features) - {*names, *texts}, seed)
    yield Event(
        "shift",
        data={
            "names": tuple(row[0] for row in rows[:SHOWN]),
            "distances": tuple(row[1] for row in rows[:SHOWN]),
            "chances": tuple(min(1.0, row[2] * max(1, len(rows))) for row in rows[:SHOWN]),
            "compared": len(rows),
            "apart": apart,
            "apart_error": error,
            "target": targets[0].name if targets[0] is not None else "",
            "only_train": tuple(name for name in train.roles.features if name not in known)[:SHOWN],
            "only_val": tuple(name for name in val.roles.features if name not in here)[:SHOWN],
        },
    )
    if names:
        yield _splits(train, val, names)


def distance(a: Float[np.ndarray, " n"], b: Float[np.ndarray, " m"]) -> tuple[float, float]:
    """The largest difference of the two distribution functions (Kolmogorov and Smirnov), and how likely chance alone makes it."""
    if not a.size or not b.size:
        return 0.0, 1.0
    a, b = np.sort(a), np.sort(b)
    both = np.concatenate([a, b])
    gap = float(
        np.abs(np.searchsorted(a, both, side="right") / a.size - np.searchsorted(b, both, side="right") / b.size).max()
    )
    return gap, chance_of(gap, a.size, b.size)


def chance_of(gap: float, n: int, m: int) -> float:
    """Massart's bound (1990) for the chance of such a gap, for one sample of the harmonic mean's size."""
    return float(min(1.0, 2 * np.exp(-2 * gap**2 * n * m / (n + m))))


def difference(a: list[str | None], b: list[str | None]) -> tuple[float, float]:
    """Half of the summed differences of the shares of all values, less what chance makes of as many values."""
    if not a or not b:
        return 0.0, 1.0
    one, other = Counter(a), Counter(b)
    levels = set(one) | set(other)
    gap = sum(abs(one[level] / len(a) - other[level] / len(b)) for level in levels) / 2
    expected = sum(
        np.sqrt((one[x] + other[x]) / (len(a) + len(b)) * (1 / len(a) + 1 / len(b)) / (2 * np.pi)) for x in levels
    )
    extra = max(0.0, gap - float(expected))
    return extra, chance_of(extra, len(a), len(b))


def _targets(a: Target, b: Target) -> tuple[float, float]:
    if a.codes is None or b.codes is None:
        assert a.values is not None
        assert b.values is not None
        return distance(a.values[a.known], b.values[b.known])
    return difference([a.classes[k] for k in a.codes[a.known]], [b.classes[k] for k in b.codes[b.known]])


def _told_apart(train: Profile, val: Profile, leave_out: frozenset[str], seed: int) -> tuple[float, float]:
    """How well trees tell a row of one part from a row of the other (ROC AUC; 0.5: not at all), and its standard error."""
    random = np.random.default_rng(seed)
    a, b = (part.sample.take(np.sort(random.permutation(len(part.sample))[:MOST])) for part in (train, val))
    small = min(len(a), len(b))
    if small < FEWEST:
        return 0.5, 0.5
    one = design(a, train.layout, leave_out)
    aligned = Layout(tuple(n for n in val.layout.numeric), tuple(n for n in val.layout.text))
    other = design(b, aligned, leave_out, None)
    kinds = train.table.kinds()
    shared = [name for name in one.names if name in other.names and kinds[name] != "text"]
    if not shared:
        return 0.5, 0.5
    x = np.concatenate(
        [one.x[:, [one.names.index(n) for n in shared]], other.x[:, [other.names.index(n) for n in shared]]]
    )
    part = np.repeat([0, 1], [len(a), len(b)])
    shares = predict_classes(x, part, 2, seed).shares
    assert shares is not None
    return ranking(shares, part), float(np.sqrt(1 / len(a) + 1 / len(b)) / np.sqrt(12))


def _splits(train: Profile, val: Profile, names: list[str]) -> Event:
    here, there = places(train.layout.numeric), places(val.layout.numeric)
    mine, theirs = [here[name] for name in names], [there[name] for name in names]
    a, b = train.moments, val.moments
    return Event(
        "splits",
        data={
            "names": tuple(names[:2000]),
            "rows": (train.rows, val.rows),
            **{
                f"{part}_{figure}": tuple(float(x) for x in getattr(moments, figure)[places][:2000])
                for part, moments, places in (("train", a, mine), ("val", b, theirs))
                for figure in ("mean", "std", "low", "high", "count")
            },
        },
    )
