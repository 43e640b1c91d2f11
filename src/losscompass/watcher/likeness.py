"""What a sample of the data tells: do the inputs speak of the targets, in training, in validation, and from one to the other?

Numbers alone come out of it. "Skill" is 0 for a constant guess and 1 for no error: for classes the agreement beyond chance
(Cohen's kappa), for numbers the share of the variance that is explained. Arrays only; nothing here knows torch.
"""

from dataclasses import dataclass
from typing import Any, Final

ANSWERS: Final = 40
"""Batches whose answers are remembered, the last ones."""

FEWEST: Final = 24
"""Samples of a part, below which nothing is computed."""

NEIGHBOURS: Final = 5
_CLIP: Final = 6.0
"""Standard deviations beyond which a value counts as that far: one outlier must not decide all distances."""

_RIDGE: Final = 0.03
"""Strength of the ridge, as a share of the samples; columns are standardised."""

_DRAWN: Final = 2.0
"""Samples by which the mean of an id is drawn to that of all: of one that was seen once, little is known."""

_ANSWERS_OF_AN_ID: Final = 8
"""Classes, or numbers of a target, whose means stand for an id."""

_SHARES: Final = 64
"""Classes up to which the share of each among what is asked for is told."""

_WAYS: Final = ("near", "vote", "ridge")
_PRESENT: Final = 256
_FEW: Final = 0.05
"""Share of a batch from which on it holds samples of both kinds."""

Numbers = dict[str, Any]


@dataclass(slots=True)
class Table:
    """The samples of one part, and what the network said of late."""

    inputs: list[Any]  # arrays (rows, width)
    targets: list[Any]  # arrays (rows, columns)
    seen: int
    again: int
    varied: float
    answers: list[tuple[Any, ...]]
    early: int = 0  # of the samples, the first: seen before the last step
    cut: bool = False  # batches were larger than what is kept of one
    ids: int = 0  # of the columns, the last: names of things, no amounts


def look(kind: str, train: Table, val: Table) -> Numbers:
    """The keys of a `data-look` event that come from the samples."""
    import numpy as np  # only here: the watched script may never need it

    found: Numbers = {}
    arrays = {}
    for name, part in (("train", train), ("val", val)):
        x = np.concatenate(part.inputs) if part.inputs else np.zeros((0, 1), np.float32)
        y = np.concatenate(part.targets) if part.targets else np.zeros((0, 1))
        fine = np.isfinite(x).all(1) & np.isfinite(y).all(1)
        x, y = x[fine].astype(np.float64), y[fine]
        found |= {name: len(x), f"{name}_seen": part.seen, f"{name}_again": part.again, f"{name}_varied": part.varied}
        found[f"{name}_distinct"] = len(np.unique(x, axis=0)) if len(x) else 0
        found |= _network(np, kind, name, part.answers)
        arrays[name] = (x, y)
    (x, y), (their_x, their_y) = arrays["train"], arrays["val"]
    if kind not in ("number", "inputs") and len(y):
        found["classes"] = len(np.unique(np.concatenate([y, their_y]) if len(their_y) else y))
    with np.errstate(all="ignore"):
        if kind == "tokens":
            return found | _tokens(np, x[:, 0], y[:, 0], their_x[:, 0], their_y[:, 0])
        if kind == "inputs":
            arrays = {}  # of which the targets are not known
        ids, plain, their_plain = max(train.ids, val.ids), x, their_x
        if ids:
            plain, their_plain = x[:, :-ids], their_x[:, :-ids]
        if len(x) >= FEWEST:
            found |= _features(np, plain) if plain.shape[1] else {}
        if arrays and len(x) >= FEWEST:
            found |= _targets(np, kind, y) | _single(np, kind, plain, y)
            if kind == "number" and y.shape[1] == 1 and kind_varies(np, y):
                found |= _two_groups(np, named(np, kind, x, y, ids), y[:, 0])
        for name, (a, b) in arrays.items():
            if len(a) >= FEWEST and kind_varies(np, b):
                found |= _skills(np, kind, name, _standard(np, named(np, kind, a, b, ids)), b)
        if len(x) >= FEWEST <= len(their_x) and x.shape[1] == their_x.shape[1]:
            known = {row.tobytes() for row in x}
            again = [row.tobytes() in known for row in their_x]
            early = min(val.early, len(again)) or len(again)  # what comes after the last step may be a test
            found |= {
                "val_in_train": sum(again),
                "val_early": early,
                "val_early_in_train": sum(again[:early]),
                "val_mixed": _mixed(np, known, val.inputs),
                "train_cut": train.cut,
                "val_cut": val.cut,
            }
            found |= _shift(np, plain, their_plain) if plain.shape[1] else {}
            if kind == "inputs":
                return _told(found)
            found |= _target_shift(np, kind, y, their_y)
            if kind_varies(np, y) and kind_varies(np, their_y):
                if ids:
                    x, their_x = named(np, kind, x, y, ids), named(np, kind, x, y, ids, their_x)
                found |= _across(np, kind, x, y, their_x, their_y)
    return _told(found)


def named(np: Any, kind: str, x: Any, y: Any, ids: int, other: Any = None) -> Any:
    """Ids as what is usual for them: the mean answer of the other half of the samples (or of all, for `other` samples), drawn to the mean of all."""
    if not ids:
        return x
    aim, _ = _hot(np, kind, y)
    aim = aim[:, :_ANSWERS_OF_AN_ID]
    into = x if other is None else other
    parts = [into[:, :-ids]]
    half = np.arange(len(x)) % 2
    for at in range(x.shape[1] - ids, x.shape[1]):
        usual = np.zeros((len(into), aim.shape[1]))
        for side in (0, 1) if other is None else (2,):
            there = half != side
            known, back = np.unique(x[there, at], return_inverse=True)
            sums = np.zeros((len(known), aim.shape[1]))
            np.add.at(sums, back, aim[there] - aim[there].mean(0))
            means = sums / (np.bincount(back, minlength=len(known)) + _DRAWN)[:, None]
            asked = half == side if other is None else np.ones(len(into), bool)
            place = np.searchsorted(known, into[asked, at]).clip(0, len(known) - 1)
            usual[asked] = np.where((known[place] == into[asked, at])[:, None], means[place], 0.0)
        parts.append(usual)
    return np.concatenate(parts, 1)


def _mixed(np: Any, known: set[bytes], batches: list[Any]) -> float:
    """The share of the samples that came in batches of known and unknown ones: a pass over either part has only one kind."""
    mixed = total = 0
    for one in batches:
        rows = one.astype(np.float64)
        share = sum(row.tobytes() in known for row in rows) / max(1, len(rows))
        total += len(rows)
        mixed += len(rows) * (_FEW <= share <= 1 - _FEW)
    return mixed / max(1, total)


def _told(found: Numbers) -> Numbers:
    """Without what could not be told."""
    return {key: value for key, value in found.items() if value == value}  # noqa: PLR0124 - NaN is not itself


def kind_varies(np: Any, y: Any) -> bool:
    """Whether there is anything to tell apart."""
    return bool(len(y) and (np.ptp(y, axis=0) > 0).any())


def _network(np: Any, kind: str, name: str, answers: list[tuple[Any, ...]]) -> Numbers:
    rows = sum(one[0] for one in answers)
    if not rows:
        return {}
    if kind == "number":
        errors, total, squares = (np.sum([one[at] for one in answers], axis=0) for at in (1, 2, 3))
        spread = squares - total**2 / rows
        used = spread > 1e-12 * np.maximum(squares, 1e-300)
        return {
            f"{name}_net": float(np.mean(1 - errors[used] / spread[used])) if used.any() else float("nan"),
            f"{name}_net_rows": rows,
            f"{name}_asked_mean": float(np.mean(total / rows)),
            f"{name}_asked_std": float(np.sqrt(np.maximum(spread / rows, 0)).mean()),
        }
    hits, asked, said = (np.sum([one[at] for one in answers], axis=0).astype(float) for at in (1, 2, 3))
    chance = float((asked * said).sum()) / rows**2
    right = float(hits.sum()) / rows
    there = asked >= 8  # of fewer, the share that is found is chance
    return {
        f"{name}_net": (right - chance) / (1 - chance) if chance < 1 else float("nan"),
        f"{name}_net_rows": rows,
        f"{name}_net_accuracy": right,
        f"{name}_majority": float(asked.max()) / rows,
        f"{name}_asked": tuple((asked / rows).tolist()) if len(asked) <= _SHARES else (),
        f"{name}_rarest": float(asked[asked > 0].min()) / rows if (asked > 0).any() else float("nan"),
        f"{name}_least_found": float((hits[there] / asked[there]).min()) if there.any() else float("nan"),
        f"{name}_rarest_found": float(hits[there][asked[there].argmin()] / asked[there].min())
        if there.any()
        else float("nan"),
    }


def _standard(np: Any, x: Any) -> Any:
    """The columns that vary, standardised and clipped."""
    mean, std = x.mean(0), x.std(0)
    used = std > 1e-9 * np.maximum(np.abs(mean), 1e-300)
    used &= std > 0
    return np.clip((x[:, used] - mean[used]) / std[used], -_CLIP, _CLIP)


def _nearest(np: Any, of: Any, among: Any, itself: bool) -> Any:
    """The indices of the nearest neighbours, shape (rows, NEIGHBOURS)."""
    squares = (among**2).sum(1)[None, :] - 2 * of @ among.T
    if itself:
        np.fill_diagonal(squares, np.inf)
    most = min(NEIGHBOURS, among.shape[0] - 1)
    near = np.argpartition(squares, most - 1, axis=1)[:, :most]
    order = np.argsort(np.take_along_axis(squares, near, 1), axis=1, kind="stable")
    return np.take_along_axis(near, order, 1)


def _kappa(np: Any, said: Any, asked: Any) -> float:
    values = np.unique(np.concatenate([said, asked]))
    chance = sum(float((said == one).mean() * (asked == one).mean()) for one in values)
    return float(((said == asked).mean() - chance) / (1 - chance)) if chance < 1 else float("nan")


def _explained(np: Any, said: Any, asked: Any) -> Any:
    """The share of the variance, a number a column."""
    spread = ((asked - asked.mean(0)) ** 2).sum(0)
    return np.where(spread > 0, 1 - ((said - asked) ** 2).sum(0) / np.where(spread > 0, spread, 1), np.nan)


def _vote(np: Any, votes: Any) -> Any:
    """The most frequent class of each row, the nearest deciding among equals. Shape (rows, neighbours) -> (rows,)."""
    counts = (votes[:, :, None] == votes[:, None, :]).sum(2)
    return votes[np.arange(len(votes)), counts.argmax(1)]


def _by_neighbours(np: Any, kind: str, near: Any, y: Any, asked: Any) -> tuple[float, float]:
    """Skill of the nearest alone (1 and 0 even where labels are noisy: it is never better than the noise) and of five."""
    if kind != "number":
        votes = y[near, 0]
        return _kappa(np, votes[:, 0], asked[:, 0]), _kappa(np, _vote(np, votes), asked[:, 0])
    one, five = y[near[:, 0]], y[near].mean(1)
    spread = y.var(0) + asked.var(0) + (y.mean(0) - asked.mean(0)) ** 2
    alike = np.where(spread > 0, 1 - ((one - asked) ** 2).mean(0) / np.where(spread > 0, spread, 1), np.nan)
    return float(np.nanmean(alike)), float(np.nanmean(_explained(np, five, asked)))


def _hot(np: Any, kind: str, y: Any) -> tuple[Any, Any]:
    if kind == "number":
        return y, None
    values = np.unique(y)[:_PRESENT]
    return (y == values[None, :]).astype(float), values


def _tokens(np: Any, x: Any, y: Any, their_x: Any, their_y: Any) -> Numbers:
    """Of tokens with a label each: whether two of the same kind have the same label, in each part and from one to the other."""
    found: Numbers = {}
    for name, (tokens, labels) in (("train", (x, y)), ("val", (their_x, their_y))):
        if len(tokens) < FEWEST:
            continue
        order = np.lexsort((np.arange(len(tokens)), tokens))
        same = tokens[order][1:] == tokens[order][:-1]
        one, other = labels[order][1:][same], labels[order][:-1][same]
        shares = np.unique(labels, return_counts=True)[1] / len(labels)
        chance = float((shares**2).sum())
        if len(one) >= FEWEST and chance < 1:
            found[f"{name}_near"] = float(((one == other).mean() - chance) / (1 - chance))
            found[f"{name}_error"] = float((chance / (1 - chance) / len(one)) ** 0.5)
    if len(x) >= FEWEST <= len(their_x):
        usual = {token: np.bincount(y[x == token].astype(int)).argmax() for token in np.unique(x)[:2000]}
        known = np.array([token in usual for token in their_x])
        if known.sum() >= FEWEST:
            found["across_near"] = _kappa(np, np.array([usual[token] for token in their_x[known]]), their_y[known])
    return found


def _solved(np: Any, z: Any, aim: Any) -> tuple[Any, Any, Any]:
    """Ridge: weights, mean of the aim, and what each sample weighs in its own prediction."""
    gram = z.T @ z + _RIDGE * len(z) * np.eye(z.shape[1])
    inverse = np.linalg.inv(gram)
    own = ((z @ inverse) * z).sum(1) + 1 / len(z)
    return inverse @ (z.T @ (aim - aim.mean(0))), aim.mean(0), own


def _skills(np: Any, kind: str, name: str, z: Any, y: Any) -> Numbers:
    """Of a part within itself, each sample predicted from the others."""
    if not z.shape[1]:
        return {f"{name}_near": 0.0, f"{name}_vote": 0.0, f"{name}_ridge": 0.0}
    found: Numbers = {}
    shares = np.unique(y, return_counts=True)[1] / len(y)
    chance = 0.0 if kind == "number" else float((shares**2).sum())
    found[f"{name}_error"] = float((chance / (1 - chance) / len(y)) ** 0.5) if 0 < chance < 1 else len(y) ** -0.5
    near, vote = _by_neighbours(np, kind, _nearest(np, z, z, itself=True), y, y)
    z = z - z.mean(0)
    aim, values = _hot(np, kind, y)
    weights, mean, own = _solved(np, z, aim)
    said = aim - (aim - mean - z @ weights) / np.maximum(1 - own, 1e-3)[:, None]
    if values is None:
        ridge = float(np.nanmean(_explained(np, said, y)))
    else:
        ridge = _kappa(np, values[said.argmax(1)], y[:, 0])
    return found | {f"{name}_near": near, f"{name}_vote": vote, f"{name}_ridge": ridge}


def _across(np: Any, kind: str, x: Any, y: Any, their_x: Any, their_y: Any) -> Numbers:
    """From training to validation, with the inputs of each standardised by its own part and by the training's."""
    found: Numbers = {}
    for name, reference in (("across", x), ("across_own", their_x)):
        mean, std = x.mean(0), x.std(0)
        used = (std > 1e-9 * np.maximum(np.abs(mean), 1e-300)) & (std > 0) & (reference.std(0) > 0)
        if not used.any():
            found |= {f"{name}_near": 0.0, f"{name}_vote": 0.0, f"{name}_ridge": 0.0}
            continue
        z = np.clip((x[:, used] - mean[used]) / std[used], -_CLIP, _CLIP)
        other = np.clip((their_x[:, used] - reference[:, used].mean(0)) / reference[:, used].std(0), -_CLIP, _CLIP)
        near, vote = _by_neighbours(np, kind, _nearest(np, other, z, itself=False), y, their_y)
        aim, values = _hot(np, kind, y)
        weights, middle, _ = _solved(np, z - z.mean(0), aim)
        said = (other - z.mean(0)) @ weights + middle
        if values is None:
            ridge = float(np.nanmean(_explained(np, said, their_y)))
            if name == "across":
                found |= _crossed(np, said, their_y)
        else:
            ridge = _kappa(np, values[said.argmax(1)], their_y[:, 0])
        found |= {f"{name}_near": near, f"{name}_vote": vote, f"{name}_ridge": ridge}
    return found


def _crossed(np: Any, said: Any, asked: Any) -> Numbers:
    """How many columns of the validation's targets go with another column of what the training's would have them be."""
    columns = asked.shape[1]
    if columns < 2 or (said.std(0) <= 0).any() or (asked.std(0) <= 0).any():
        return {}
    both = np.corrcoef(said.T, asked.T)[:columns, columns:]
    own = both.diagonal()
    return {
        "crossed": int(((both.argmax(0) != np.arange(columns)) & (both.max(0) > 0.5) & (both.max(0) > own + 0.2)).sum())
    }


def _features(np: Any, x: Any) -> Numbers:
    """Values that lie far out, and numbers that stand again and again far from all others."""
    low, middle, high = np.quantile(x, [0.25, 0.5, 0.75], axis=0)
    scale = (high - low) / 1.349
    used = np.flatnonzero(scale > 0)
    found: Numbers = {"varying": int((x.std(0) > 0).sum())}
    far = np.abs(x[:, used] - middle[used]) / scale[used] if used.size else np.zeros((len(x), 0))
    if used.size:
        worst = far.max(1)
        found |= {
            "far": float(worst.max()),
            "far_share": float((worst > 100).mean()),
            "far_columns": int((far.max(0) > 100).sum()),
        }
        beyond = np.sort(worst)
        rest = beyond[: max(1, int(0.95 * len(beyond)))]
        found["far_rest"] = float(rest[-1])
        found["far_feature"] = int(used[far.max(0).argmax()])
    marked, share, mark, first = 0, 0.0, float("nan"), 0
    for at in range(x.shape[1]):
        values, counts = np.unique(x[:, at], return_counts=True)
        if len(values) < 20:
            continue
        for end, rest in ((0, values[1:]), (len(values) - 1, values[:-1])):
            gap = abs(values[end] - (rest[0] if end == 0 else rest[-1]))
            if counts[end] >= max(3, 0.002 * len(x)) and gap > 2 * (rest[-1] - rest[0]):
                first = first if marked else at
                marked += 1
                share += counts[end] / len(x)
                mark = float(values[end])
    spread = np.sort(x.std(0)[x.std(0) > 0])
    found |= {
        "marked": marked,
        "marked_share": share / max(1, marked),
        "mark": mark,
        "marked_feature": first,
        "levels": min(100, len(np.unique(x[:200]))),
        "structure": _structure(np, x),
        "size": float(np.sqrt((x**2).mean())),
        "spread_low": float(spread[0]) if spread.size else 0.0,
        "spread_high": float(spread[-1]) if spread.size else 0.0,
        "usual_size": float(np.median(np.maximum(np.abs(middle), scale)[used])) if used.size else 0.0,
    }
    return found


def _structure(np: Any, x: Any) -> float:
    """How much the features go together: the mean square of their correlations over what chance makes; 1 is noise."""
    used = x[:, x.std(0) > 0]
    if used.shape[1] < 2:
        return float("nan")
    both = np.corrcoef(used.T)
    count = both.shape[0]
    square = (float((both**2).sum()) - count) / (count * (count - 1))
    return float(square * len(x))


def _targets(np: Any, kind: str, y: Any) -> Numbers:
    if kind != "number":
        return {}
    low, middle, high = np.quantile(y, [0.25, 0.5, 0.75], axis=0)
    scale = (high - low) / 1.349
    used = scale > 0
    far = np.abs(y - middle)[:, used] / scale[used]
    return {
        "target_mean": float(y.mean()),
        "target_std": float(y.std(0).mean()),
        "target_far": float(far.max()) if far.size else 0.0,
        "target_far_share": float((far.max(1) > 100).mean()) if far.size else 0.0,
    }


def _two_groups(np: Any, x: Any, y: Any) -> Numbers:
    """Targets that fall into two groups, such as two units: how far apart, of what spreads, and what the inputs tell of which and within the larger."""
    order = np.sort(y)
    count = np.arange(1, len(order))
    left = np.cumsum(order)[:-1] / count
    right = (order.sum() - np.cumsum(order)[:-1]) / (len(order) - count)
    between = count * (len(order) - count) * (right - left) ** 2
    border = order[between.argmax()]
    upper = y > border
    groups = [y[~upper], y[upper]]
    few, many = sorted(groups, key=len)
    # Quartiles: what strays from one group into the other is no part of its spread.
    spreads = [np.subtract(*np.quantile(one, [0.75, 0.25])) if len(one) >= FEWEST else 0.0 for one in (few, many)]
    if min(spreads) <= 0:
        return {}
    of_many = y > border if many is groups[1] else ~upper
    return {
        "groups_apart": float(abs(few.mean() - many.mean()) / (few.std() + many.std())),
        "groups_spread": float(spreads[1] / spreads[0]),
        "groups_share": len(few) / len(y),
        "groups_told": max(
            _skills(np, "class", "g", _standard(np, x), upper[:, None].astype(float))[f"g_{way}"] for way in _WAYS
        ),
        "groups_within": max(
            _skills(np, "number", "g", _standard(np, x[of_many]), many[:, None])[f"g_{way}"] for way in _WAYS
        ),
    }


def _single(np: Any, kind: str, x: Any, y: Any) -> Numbers:
    """What each feature tells of the target by itself, in a straight line: the best two."""
    aim, _ = _hot(np, kind, y)
    a, b = x - x.mean(0), aim - aim.mean(0)
    norm_a, norm_b = np.sqrt((a**2).sum(0)), np.sqrt((b**2).sum(0))
    a, b = a[:, norm_a > 0] / norm_a[norm_a > 0], b[:, norm_b > 0] / norm_b[norm_b > 0]
    if not a.shape[1] or not b.shape[1]:
        return {}
    told = ((a.T @ b) ** 2).mean(1)
    order = np.argsort(-told)
    return {
        "single_best": float(told[order[0]]),
        "single_next": float(told[order[1]]) if len(order) > 1 else 0.0,
        "single_feature": int(np.flatnonzero(norm_a > 0)[order[0]]),
    }


def _shift(np: Any, x: Any, their: Any) -> Numbers:
    """How the inputs of the validation lie beside those of the training: medians over the features that vary in either."""
    std, other = (np.subtract(*np.quantile(one, [0.75, 0.25], axis=0)) / 1.349 for one in (x, their))
    used = (std > 0) & (other > 0)
    middle, their_middle = np.median(x, axis=0), np.median(their, axis=0)
    if used.mean() < 0.25:  # mostly zeros, as in pictures
        std, other, middle, their_middle = x.std(0), their.std(0), x.mean(0), their.mean(0)
        used = (std > 0) & (other > 0)
    if not used.any():
        return {}
    ratio = np.maximum(other[used] / std[used], std[used] / other[used])
    moved = np.abs(their_middle - middle)[used] / np.minimum(std[used], other[used])
    return {
        "shift_all": float(np.median(np.log(other[used] / std[used]))),
        "shift_scale": float(np.median(ratio)),
        "shift_moved": float(np.median(moved)),
        "shifted": float(((ratio >= 2) | (moved >= 1)).mean()),
        "shift_whole": float(max(x.std() / their.std(), their.std() / x.std()))
        if x.std() > 0 and their.std() > 0
        else 1.0,
        "shift_below": float((their < x.min(0)).mean()),
        "shift_above": float((their > x.max(0)).mean()),
        "shift_alike": _alike(np, x[:, used], their[:, used]),
    }


def _alike(np: Any, x: Any, their: Any) -> float:
    """Whether features go together in the validation as they do in the training, whatever their scales: a correlation of correlations."""
    if x.shape[1] < 3:
        return float("nan")
    above = np.triu_indices(x.shape[1], 1)
    mine, other = (np.corrcoef(one.T)[above] for one in (x, their))
    return float(np.corrcoef(mine, other)[0, 1]) if mine.std() > 0 and other.std() > 0 else float("nan")


def _target_shift(np: Any, kind: str, y: Any, their: Any) -> Numbers:
    """The largest difference of the distribution functions, a column; and what chance makes of it (99.9 %)."""
    if kind != "number":
        values = np.unique(np.concatenate([y, their]))
        apart = [0.5 * sum(abs((y == one).mean() - (their == one).mean()) for one in values)]
    else:
        apart = []
        for at in range(y.shape[1]):
            every = np.sort(np.concatenate([y[:, at], their[:, at]]))
            mine = np.searchsorted(np.sort(y[:, at]), every, side="right") / len(y)
            other = np.searchsorted(np.sort(their[:, at]), every, side="right") / len(their)
            apart.append(float(np.abs(mine - other).max()))
    return {
        "targets_apart": float(max(apart)),
        "targets_apart_least": float(min(apart)),
        "targets_chance": float(1.95 * (1 / len(y) + 1 / len(their)) ** 0.5),
        "targets_scale": float(their.std(0).mean() / y.std(0).mean()) if y.std(0).mean() > 0 else 1.0,
    }
