"""The corpus of the rules on data sets: audits of clean tables of many kinds, and of tables with one planted fault."""

from collections.abc import Iterator
from functools import cache

from losscompass.data.audit import audit
from losscompass.evidence.build import build
from losscompass.evidence.run import Run

from .corpus import Case
from .planted_data import CLEAN, FAULTS, TARGET, Tables, clean, kinds_of, planted

ROWS = 450
SPEAKS_BESIDE = {
    "conflicting-labels": ("duplicate-rows", "label-noise"),
    "duplicate-rows": ("conflicting-labels",),
    "train-validation-leak": ("duplicate-rows",),
    "preprocessing-mismatch": ("distribution-shift", "outliers-in-data"),
    "distribution-shift": ("preprocessing-mismatch",),
    "rows-in-order": ("distribution-shift",),
    "sentinel-in-features": ("distribution-shift", "outliers-in-data"),
    "columns-differ": ("distribution-shift",),
    "few-samples": ("distribution-shift", "label-noise"),
    "class-imbalance": ("few-samples",),
    "time-overlap": ("distribution-shift",),
    "inputs-uninformative": ("label-noise",),
    "identifier-feature": ("rows-in-order", "distribution-shift"),
    "outliers-in-data": ("heavy-tailed-features", "inputs-not-scaled"),
    "target-leak": ("label-noise",),
}
"""What a fault may well bring with it: it proves nothing for these rules."""

ONLY_NOTES = frozenset(
    (
        "unencoded-categories",
        "few-samples",
        "constant-feature",
        "heavy-tailed-features",
        "inputs-not-scaled",
        "target-not-scaled",
        "rows-in-order",
        "surplus-samples",
        "target-outlook",
    )
)
"""True of many a healthy table: nothing is amiss, and a clean table proves nothing for them."""


def seen(tables: Tables, seed: int = 0) -> Run:
    """The run that an audit gives."""
    records = audit(tables.train, tables.validation, target=TARGET, seed=seed, **tables.options)
    (run,) = build(records, "table")
    return run


@cache
def dataset_cases(each: int, seed: int = 0) -> tuple[Case, ...]:
    """`each` clean tables of every kind, and every fault at the strengths from which on it counts, in as many kinds."""
    return tuple(_cases(each, seed))


def _cases(each: int, seed: int) -> Iterator[Case]:
    for kind in CLEAN:
        for number in range(each):
            run = seen(clean(kind, 100 * seed + number, ROWS))
            yield Case(kind, "data set", run, open=ONLY_NOTES, healthy=True)
    for place, (fault, how) in enumerate(FAULTS.items()):
        rule, kinds = fault.split(" ")[0], kinds_of(fault)
        counted = how.strengths[how.strengths.index(how.counts_from) :]
        for at, strength in enumerate(counted):
            for number in range(max(1, each // 2)):
                kind = kinds[(place + at + number) % len(kinds)]
                run = seen(planted(fault, kind, 100 * seed + 50 + number, strength, ROWS))
                beside = frozenset(SPEAKS_BESIDE.get(rule, ())) | ONLY_NOTES
                yield Case(kind, fault, run, ill=frozenset((rule,)), open=beside - {rule})
