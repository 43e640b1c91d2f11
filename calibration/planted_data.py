"""Tables without a fault, of many kinds, and the faults that can be planted in them, at a given strength.

A clean table is a pair of frames (training, validation) that were split at random; the target is the column "y". A planted
fault changes them and says with which words the audit is to be called. Everything follows from the seed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from sklearn import datasets

TARGET = "y"


@dataclass(frozen=True)
class Tables:
    """What the audit is given."""

    train: pl.DataFrame
    validation: pl.DataFrame | None = None
    options: Mapping[str, str] = field(default_factory=dict)


# -- clean tables ---------------------------------------------------------------------------------------------------------


def _frame(x: np.ndarray, y: np.ndarray, names: list[str] | None = None) -> pl.DataFrame:
    names = names or [f"f{place}" for place in range(x.shape[1])]
    return pl.DataFrame({name: x[:, place] for place, name in enumerate(names)} | {TARGET: y})


def _normal(n: int, seed: int) -> pl.DataFrame:
    x, y = datasets.make_classification(
        n, 12, n_informative=5, n_redundant=2, class_sep=1.5, flip_y=0, random_state=seed
    )
    return _frame(x, y)


def _classes(n: int, seed: int) -> pl.DataFrame:
    x, y = datasets.make_classification(
        n, 20, n_informative=8, n_redundant=2, n_classes=4, class_sep=2.0, flip_y=0, random_state=seed
    )
    return _frame(x, y)


def _logistic(n: int, seed: int) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((n, 10))
    score = x @ rng.standard_normal(10)
    return _frame(x, (rng.random(n) < 1 / (1 + np.exp(-2.5 * score / score.std()))).astype(int))


def _curved(n: int, seed: int) -> pl.DataFrame:
    x, y = datasets.make_friedman1(n, 10, noise=1.0, random_state=seed)
    return _frame(x, y)


def _linear(n: int, seed: int) -> pl.DataFrame:
    x, y = datasets.make_regression(n, 15, n_informative=8, noise=20.0, random_state=seed)
    return _frame(x, y / y.std())


def _blobs(n: int, seed: int) -> pl.DataFrame:
    x, y = datasets.make_blobs(n, 6, centers=5, cluster_std=2.5, random_state=seed)
    return _frame(x, y)


def _people(n: int, seed: int) -> pl.DataFrame:
    """A table as people keep them: whole numbers, log-normal sums, categories in words."""
    rng = np.random.default_rng(seed)
    age, income = rng.integers(18, 85, n), np.exp(rng.normal(8, 0.7, n))
    region, children = rng.choice(["north", "south", "east", "west"], n, p=[0.4, 0.3, 0.2, 0.1]), rng.poisson(1.2, n)
    score = (
        (age - 50) / 15 + (np.log(income) - 8) / 0.7 + (region == "north") - 0.5 * children + rng.logistic(0, 0.5, n)
    )
    return pl.DataFrame(
        {"age": age, "income": income, "region": region, "children": children, TARGET: np.where(score > 0, "yes", "no")}
    )


def _counts(n: int, seed: int) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    x = rng.poisson(rng.gamma(2, 2, 8), (n, 8)).astype(float)
    rate = x @ np.abs(rng.standard_normal(8)) / 4
    return _frame(x, rate + rng.normal(0, rate.std() / 3, n))


def _grid(n: int, seed: int) -> pl.DataFrame:
    """A few coarse columns: equal rows are to be expected."""
    rng = np.random.default_rng(seed)
    x = rng.integers(0, 4, (n, 5))
    weights = rng.standard_normal(5)
    score = x @ weights
    return _frame(x.astype(float), (score + rng.normal(0, 0.3, n) > np.median(score)).astype(int))


def _pictures(n: int, seed: int) -> pl.DataFrame:
    x, y = datasets.load_digits(return_X_y=True)
    chosen = np.random.default_rng(seed).permutation(len(x))[:n]
    return _frame(x[chosen], y[chosen])


def _signals(n: int, seed: int) -> pl.DataFrame:
    """Waves of two kinds with noise: neighbouring columns resemble each other."""
    rng = np.random.default_rng(seed)
    time, y = np.arange(40) / 40, rng.integers(0, 2, n)
    phase, rate = rng.uniform(0, 2 * np.pi, (n, 1)), np.where(y, 3.0, 2.0)[:, None] * rng.uniform(0.9, 1.1, (n, 1))
    return _frame(np.sin(2 * np.pi * rate * time + phase) + rng.normal(0, 0.4, (n, 40)), y)


def _wide(n: int, seed: int) -> pl.DataFrame:
    x, y = datasets.make_classification(
        n, 120, n_informative=10, n_redundant=20, class_sep=2.0, flip_y=0, random_state=seed
    )
    return _frame(x, y)


CLEAN: Mapping[str, Callable[[int, int], pl.DataFrame]] = {
    "normal": _normal,
    "classes": _classes,
    "logistic": _logistic,
    "curved": _curved,
    "linear": _linear,
    "blobs": _blobs,
    "people": _people,
    "counts": _counts,
    "grid": _grid,
    "pictures": _pictures,
    "signals": _signals,
    "wide": _wide,
}
"""Kinds of tables by name."""


def split(frame: pl.DataFrame, seed: int, share: float = 0.7) -> Tables:
    """Rows in random order, the first for training."""
    order = np.random.default_rng(seed + 1000).permutation(frame.height)
    cut = int(share * frame.height)
    return Tables(frame[order[:cut].tolist()], frame[order[cut:].tolist()])


def clean(kind: str, seed: int, rows: int = 1200) -> Tables:
    """A table without a fault, split at random."""
    return split(CLEAN[kind](rows, seed), seed)


# -- faults ----------------------------------------------------------------------------------------------------------------

Plant = Callable[[Tables, np.random.Generator, float], Tables]


def _numeric(frame: pl.DataFrame) -> list[str]:
    return [name for name, dtype in frame.schema.items() if dtype.is_numeric() and name != TARGET]


def _with(
    tables: Tables, train: pl.DataFrame | None = None, validation: pl.DataFrame | None = None, **options: str
) -> Tables:
    return Tables(
        tables.train if train is None else train,
        tables.validation if validation is None else validation,
        {**tables.options, **options},
    )


def _some(rng: np.random.Generator, n: int, share: float, least: int = 1) -> np.ndarray:
    return rng.permutation(n)[: max(least, round(share * n))]


def _set(frame: pl.DataFrame, name: str, rows: np.ndarray, value: object) -> pl.DataFrame:
    column = frame[name].cast(pl.Float64).to_numpy().copy()
    column[rows] = value
    return frame.with_columns(pl.Series(name, column))


def _missing(tables: Tables, rng: np.random.Generator, share: float) -> Tables:
    name = rng.choice(_numeric(tables.train))
    value = rng.choice([np.nan, np.inf])
    return _with(tables, _set(tables.train, name, _some(rng, tables.train.height, share), value))


def _sentinel(tables: Tables, rng: np.random.Generator, share: float) -> Tables:
    name = rng.choice(_numeric(tables.train))
    return _with(
        tables,
        _set(tables.train, name, _some(rng, tables.train.height, share, 3), rng.choice([-999.0, -9999.0, 99999.0])),
    )


def _constant(tables: Tables, rng: np.random.Generator, count: float) -> Tables:
    more = [pl.lit(float(rng.integers(0, 9))).alias(f"c{place}") for place in range(int(count))]
    assert tables.validation is not None
    return _with(tables, tables.train.with_columns(more), tables.validation.with_columns(more))


def _identifier(tables: Tables, rng: np.random.Generator, words: float) -> Tables:
    assert tables.validation is not None
    n = tables.train.height + tables.validation.height
    codes = [f"u{code:08x}" for code in rng.permutation(10**6)[:n]] if words else list(range(1, n + 1))
    cut = tables.train.height
    return _with(
        tables,
        tables.train.with_columns(pl.Series("key", codes[:cut])),
        tables.validation.with_columns(pl.Series("key", codes[cut:])),
    )


def _categories(tables: Tables, rng: np.random.Generator, levels: float) -> Tables:
    assert tables.validation is not None
    cells = [f"kind {code}" for code in rng.integers(0, int(levels), tables.train.height + tables.validation.height)]
    cut = tables.train.height
    return _with(
        tables,
        tables.train.with_columns(pl.Series("sort", cells[:cut])),
        tables.validation.with_columns(pl.Series("sort", cells[cut:])),
    )


def _written(tables: Tables, rng: np.random.Generator, strays: float) -> Tables:
    name = rng.choice(_numeric(tables.train))
    unit = rng.choice(["kg", "$", "%"])
    cells = [f"{value:,.2f} {unit}" for value in tables.train[name].cast(pl.Float64).to_list()]
    for row in _some(rng, len(cells), strays, 0):
        cells[row] = "unknown size"
    other = (
        [f"{value:,.2f} {unit}" for value in tables.validation[name].cast(pl.Float64).to_list()]
        if tables.validation is not None
        else []
    )
    return _with(
        tables,
        tables.train.with_columns(pl.Series(name, cells)),
        tables.validation.with_columns(pl.Series(name, other)) if tables.validation is not None else None,
    )


def _unscaled(tables: Tables, rng: np.random.Generator, factor: float) -> Tables:
    assert tables.validation is not None
    name = rng.choice(_numeric(tables.train))
    return _with(
        tables,
        *(part.with_columns(pl.col(name).cast(pl.Float64) * factor) for part in (tables.train, tables.validation)),
    )


def _tails(tables: Tables, rng: np.random.Generator, wide: float) -> Tables:
    assert tables.validation is not None
    name = rng.choice(_numeric(tables.train))
    mean, std = tables.train[name].cast(pl.Float64).mean(), tables.train[name].cast(pl.Float64).std()
    return _with(
        tables,
        *(
            part.with_columns(((pl.col(name).cast(pl.Float64) - mean) / std * wide).exp())
            for part in (tables.train, tables.validation)
        ),
    )


def _outliers(tables: Tables, rng: np.random.Generator, size: float) -> Tables:
    name = rng.choice(_numeric(tables.train))
    column = tables.train[name].cast(pl.Float64).to_numpy().copy()
    rows = _some(rng, column.size, 0.004, 2)
    column[rows] = column.mean() + size * column.std() * rng.choice([-1, 1], rows.size) * rng.uniform(
        0.8, 1.2, rows.size
    )
    return _with(tables, tables.train.with_columns(pl.Series(name, column)))


def _imbalanced(tables: Tables, rng: np.random.Generator, ratio: float) -> Tables:
    assert tables.validation is not None
    classes = tables.train[TARGET].unique(maintain_order=True).to_list()
    common = min(classes, key=str)
    most = tables.train.filter(pl.col(TARGET) == common).height
    parts = []
    for part in (tables.train, tables.validation):
        keep = np.ones(part.height, dtype=bool)
        for other in classes:
            if other == common:
                continue
            rows = np.flatnonzero((part[TARGET] == other).to_numpy())
            wanted = max(2, round(most / ratio * part.height / tables.train.height))
            keep[rng.permutation(rows)[wanted:]] = False
        parts.append(part.filter(pl.Series(keep)))
    return _with(tables, *parts)


def flipped(labels: np.ndarray, rng: np.random.Generator, share: float) -> tuple[np.ndarray, np.ndarray]:
    """The labels with a share of them changed to another class, and which."""
    classes, codes = np.unique(labels, return_inverse=True)
    rows = _some(rng, labels.size, share, 0)
    codes = codes.copy()
    codes[rows] = (codes[rows] + rng.integers(1, classes.size, rows.size)) % classes.size
    return classes[codes], rows


def _noisy(tables: Tables, rng: np.random.Generator, share: float) -> Tables:
    labels, _ = flipped(tables.train[TARGET].to_numpy(), rng, share)
    return _with(tables, tables.train.with_columns(pl.Series(TARGET, labels)))


def _conflicting(tables: Tables, rng: np.random.Generator, share: float) -> Tables:
    copies = tables.train[_some(rng, tables.train.height, share, 5).tolist()]
    labels, _ = flipped(np.concatenate([copies[TARGET].to_numpy(), tables.train[TARGET].unique().to_numpy()]), rng, 1.0)
    return _with(
        tables,
        pl.concat([tables.train, copies.with_columns(pl.Series(TARGET, labels[: copies.height]))]).sample(
            fraction=1, shuffle=True, seed=int(rng.integers(1e6))
        ),
    )


def _repeated(tables: Tables, rng: np.random.Generator, share: float) -> Tables:
    copies = tables.train[_some(rng, tables.train.height, share, 5).tolist()]
    return _with(
        tables, pl.concat([tables.train, copies]).sample(fraction=1, shuffle=True, seed=int(rng.integers(1e6)))
    )


def _leaked(tables: Tables, rng: np.random.Generator, share: float) -> Tables:
    assert tables.validation is not None
    rows = tables.train[
        _some(rng, tables.train.height, share * tables.validation.height / tables.train.height, 3).tolist()
    ]
    return _with(tables, None, pl.concat([tables.validation, rows]))


def _nearly_leaked(tables: Tables, rng: np.random.Generator, share: float) -> Tables:
    assert tables.validation is not None
    rows = tables.train[
        _some(rng, tables.train.height, share * tables.validation.height / tables.train.height, 3).tolist()
    ]
    moved = []
    for name in _numeric(rows):
        std = float(tables.train[name].cast(pl.Float64).std() or 1.0)  # type: ignore[arg-type]
        moved.append(pl.Series(name, rows[name].cast(pl.Float64).to_numpy() + rng.normal(0, 0.005 * std, rows.height)))
    as_floats = [pl.col(name).cast(pl.Float64) for name in _numeric(rows)]
    return _with(
        tables,
        tables.train.with_columns(as_floats),
        pl.concat([tables.validation.with_columns(as_floats), rows.with_columns(moved)]),
    )


def _grouped(tables: Tables, rng: np.random.Generator, members: float) -> Tables:
    assert tables.validation is not None
    groups = max(12, int(tables.train.height / members))
    parts = [
        part.with_columns(pl.Series("patient_id", [f"p{code}" for code in rng.integers(0, groups, part.height)]))
        for part in (tables.train, tables.validation)
    ]
    return _with(tables, *parts)


def _mixed_times(tables: Tables, rng: np.random.Generator, share: float) -> Tables:
    assert tables.validation is not None
    n = tables.validation.height
    late = rng.uniform(1.0, 1.4, n)
    late[_some(rng, n, share)] = rng.uniform(0, 0.99, max(1, round(share * n)))
    moments = [rng.uniform(0, 1.0, tables.train.height), late]
    parts = [
        part.with_columns((pl.Series("timestamp", when) * 1e8).round())
        for part, when in zip((tables.train, tables.validation), moments, strict=True)
    ]
    return _with(tables, *parts)


def _scaled_first(tables: Tables, rng: np.random.Generator, ranged: float) -> Tables:  # noqa: ARG001
    assert tables.validation is not None
    names = _numeric(tables.train)
    both = pl.concat([tables.train, tables.validation])
    low, high = both[names].min().row(0), both[names].max().row(0)
    mean, std = both[names].mean().row(0), [float(both[name].cast(pl.Float64).std(ddof=0) or 1.0) for name in names]  # type: ignore[arg-type]
    made = [
        (pl.col(name) - low[at]) / (high[at] - low[at]) if ranged else (pl.col(name) - mean[at]) / std[at]
        for at, name in enumerate(names)
    ]
    return _with(tables, tables.train.with_columns(made), tables.validation.with_columns(made))


def _given_away(tables: Tables, rng: np.random.Generator, noise: float) -> Tables:
    assert tables.validation is not None
    parts = []
    for part in (tables.train, tables.validation):
        labels = part[TARGET].to_numpy()
        codes = np.unique(labels, return_inverse=True)[1] if part[TARGET].n_unique() <= 20 else labels
        parts.append(
            part.with_columns(
                pl.Series("outcome", 3.0 * codes + noise * np.std(codes) * rng.standard_normal(part.height))
            )
        )
    return _with(tables, *parts)


def _shifted(tables: Tables, rng: np.random.Generator, size: float) -> Tables:
    assert tables.validation is not None
    name = rng.choice(_numeric(tables.train))
    std = float(tables.train[name].cast(pl.Float64).std() or 1.0)  # type: ignore[arg-type]
    return _with(tables, None, tables.validation.with_columns(pl.col(name).cast(pl.Float64) + size * std))


def _prepared_otherwise(tables: Tables, rng: np.random.Generator, factor: float) -> Tables:  # noqa: ARG001
    assert tables.validation is not None
    return _with(
        tables,
        None,
        tables.validation.with_columns(pl.col(name).cast(pl.Float64) * factor for name in _numeric(tables.train)),
    )


def _columns_lost(tables: Tables, rng: np.random.Generator, count: float) -> Tables:  # noqa: ARG001
    assert tables.validation is not None
    return _with(tables, None, tables.validation.drop(_numeric(tables.train)[: int(count)]))


def _few(tables: Tables, rng: np.random.Generator, rows: float) -> Tables:  # noqa: ARG001
    return Tables(
        tables.train[: int(rows)].with_columns(
            pl.Series(f"z{at}", np.random.default_rng(at).standard_normal(int(rows))) for at in range(60)
        )
    )


def _surplus(tables: Tables, rng: np.random.Generator, rows: float) -> Tables:
    x, y = datasets.make_blobs(int(rows), 4, centers=3, cluster_std=1.5, random_state=int(rng.integers(1e6)))
    del tables
    return Tables(_frame(x, y))


def _sorted(tables: Tables, rng: np.random.Generator, swapped: float) -> Tables:
    frame = tables.train.sort(TARGET)
    order = np.arange(frame.height)
    some = _some(rng, frame.height, swapped, 0)
    order[some] = rng.permutation(some)
    return _with(tables, frame[order.tolist()])


def _target_scaled(tables: Tables, rng: np.random.Generator, factor: float) -> Tables:  # noqa: ARG001
    assert tables.validation is not None
    return _with(tables, *(part.with_columns(pl.col(TARGET) * factor) for part in (tables.train, tables.validation)))


def _shuffled_labels(tables: Tables, rng: np.random.Generator, share: float) -> Tables:
    labels = tables.train[TARGET].to_numpy().copy()
    rows = _some(rng, labels.size, share)
    labels[rows] = labels[rng.permutation(rows)]
    return Tables(tables.train.with_columns(pl.Series(TARGET, labels)))


def _unlabelled(tables: Tables, rng: np.random.Generator, share: float) -> Tables:
    keep = np.ones(tables.train.height, dtype=bool)
    keep[_some(rng, tables.train.height, share)] = False
    return _with(tables, tables.train.with_columns(pl.when(pl.Series(keep)).then(pl.col(TARGET)).alias(TARGET)))


def _one_class(tables: Tables, rng: np.random.Generator, _: float) -> Tables:  # noqa: ARG001
    return Tables(tables.train.with_columns(pl.lit(1).alias(TARGET)))


@dataclass(frozen=True)
class Fault:
    """A fault: how it is planted, how strongly (weak first), in which kinds of tables, and from which strength on it counts."""

    plant: Plant
    strengths: tuple[float, ...]
    counts_from: float
    kinds: tuple[str, ...] = ()


CLASSIFIED = ("normal", "classes", "logistic", "blobs", "people", "pictures", "signals")
NUMBERS = ("curved", "linear", "counts")
FINE = ("normal", "classes", "logistic", "curved", "linear", "blobs", "pictures", "signals", "wide")

FAULTS: Mapping[str, Fault] = {
    "missing-values": Fault(_missing, (0.001, 0.01, 0.1), 0.001),
    "sentinel-in-features": Fault(_sentinel, (0.003, 0.02, 0.1), 0.003),
    "constant-feature": Fault(_constant, (1, 3), 1, FINE),
    "identifier-feature": Fault(_identifier, (0, 1), 0),
    "unencoded-categories": Fault(_categories, (3, 40), 3, FINE),
    "numbers-as-text": Fault(_written, (0.0, 0.05), 0.0),
    "inputs-not-scaled": Fault(_unscaled, (10, 1e3, 1e5), 1e3, FINE),
    "heavy-tailed-features": Fault(_tails, (1.0, 1.5, 2.0), 1.5, ("normal", "classes", "logistic", "linear", "wide")),
    "outliers-in-data": Fault(_outliers, (10, 50, 1000), 50, FINE),
    "class-imbalance": Fault(_imbalanced, (4, 12, 30, 60), 12, ("normal", "logistic", "people", "classes")),
    "label-noise": Fault(_noisy, (0.05, 0.1, 0.2, 0.3), 0.1, ("normal", "classes", "blobs", "pictures", "signals")),
    "conflicting-labels": Fault(
        _conflicting, (0.01, 0.05), 0.01, ("normal", "classes", "logistic", "blobs", "pictures", "signals")
    ),
    "duplicate-rows": Fault(_repeated, (0.005, 0.02, 0.1), 0.02, FINE),
    "train-validation-leak": Fault(_leaked, (0.005, 0.03, 0.2), 0.03, FINE),
    "train-validation-leak (near)": Fault(_nearly_leaked, (0.005, 0.05, 0.2), 0.05, FINE),
    "group-overlap": Fault(_grouped, (3, 20), 3),
    "time-overlap": Fault(_mixed_times, (0.1, 0.4, 1.0), 0.4),
    "preprocessing-before-split": Fault(
        _scaled_first, (0, 1), 0, ("normal", "classes", "logistic", "linear", "signals", "wide")
    ),
    "target-leak": Fault(
        _given_away, (0.5, 0.1, 0.0), 0.1, ("normal", "classes", "logistic", "curved", "linear", "pictures", "signals")
    ),
    "distribution-shift": Fault(_shifted, (0.2, 0.6, 1.5), 0.6),
    "preprocessing-mismatch": Fault(
        _prepared_otherwise, (2, 10, 255), 10, ("normal", "classes", "logistic", "linear", "blobs", "wide", "pictures")
    ),
    "columns-differ": Fault(_columns_lost, (1, 2), 1),
    "few-samples": Fault(_few, (100, 60), 100, ("normal", "logistic")),
    "surplus-samples": Fault(_surplus, (12_000,), 12_000, ("blobs",)),
    "rows-in-order": Fault(_sorted, (0.9, 0.2, 0.0), 0.2),
    "target-not-scaled": Fault(_target_scaled, (10, 1e3, 1e5), 1e3, NUMBERS),
    "inputs-uninformative": Fault(
        _shuffled_labels, (0.5, 1.0), 1.0, ("normal", "logistic", "linear", "curved", "signals", "pictures")
    ),
    "missing-target": Fault(_unlabelled, (0.002, 0.05), 0.002),
    "constant-target": Fault(_one_class, (1,), 1),
}
"""By the id of the rule that must speak."""


def planted(fault: str, kind: str, seed: int, strength: float, rows: int = 1200) -> Tables:
    """A clean table of a kind with one fault in it."""
    return FAULTS[fault].plant(clean(kind, seed, rows), np.random.default_rng(seed + 7), strength)


def kinds_of(fault: str) -> tuple[str, ...]:
    """The kinds of tables that a fault is planted in."""
    return FAULTS[fault].kinds or tuple(CLEAN)
