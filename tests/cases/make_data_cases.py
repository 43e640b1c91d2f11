"""Writes the case tables beside it: `python tests/cases/make_data_cases.py`. Synthetic throughout, the same at every run.

A case table is a CSV file that is audited instead of read; its first comment lines say so, and what must be found:

    # case: one line on what it is
    # expect: missing-values             ("expect-not" in a near miss)
    # option: audit=target:y,validation:name.tsv,group:patient_id   (each part may be left out; at least "audit=")
"""

from pathlib import Path

import numpy as np

HERE = Path(__file__).parent


def text(cell):
    if isinstance(cell, str):
        return cell
    return "" if cell != cell else f"{cell:.5g}"


def write(path, columns, lines=()):
    delimiter = "\t" if path.suffix == ".tsv" else ","
    rows = [delimiter.join(map(text, row)) for row in zip(*columns.values(), strict=True)]
    path.parent.mkdir(exist_ok=True)
    path.write_text(
        "\n".join([*(f"# {line}" for line in lines), delimiter.join(columns), *rows]) + "\n", encoding="utf-8"
    )


def case(folder, name, what, train, val=None, *, fires=True, target="y", **roles):
    told = {"target": target} if target else {}
    if val is not None:
        write(HERE / folder / f"{name}.validation.tsv", val)
        told["validation"] = f"{name}.validation.tsv"
    expect = [] if folder == "healthy" else [f"expect{'' if fires else '-not'}: {folder}"]
    audit = ",".join(f"{key}:{value}" for key, value in {**told, **roles}.items())
    write(HERE / folder / f"{name}.csv", train, [f"case: {what}", *expect, f"option: audit={audit}"])


def spares(*parts, **more):
    case(*parts, fires=False, **more)


def table(n=160, seed=0, classes=2, **changed):
    """Four features, two of which tell the class; a fault is put in by naming a column."""
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((n, 4))
    score = x[:, 0] + x[:, 1]
    y = np.searchsorted(np.quantile(score, np.arange(1, classes) / classes), score).astype(float)
    x[:, :2] += 0.8 * (y - y.mean())[:, None]
    return {"a": x[:, 0], "b": x[:, 1], "c": x[:, 2], "d": x[:, 3], "y": y} | changed


def numbers(n=160, seed=0, noise=0.5):
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((n, 3))
    return {"a": x[:, 0], "b": x[:, 1], "c": x[:, 2], "y": x[:, 0] - x[:, 1] ** 2 + noise * rng.standard_normal(n)}


def rows(columns, index):
    return {name: [values[at] for at in index] for name, values in columns.items()}


def both(one, other):
    return {name: [*one[name], *other[name]] for name in one}


def put(columns, name, at, value):
    cells = list(columns[name])
    for place in at:
        cells[place] = value
    return columns | {name: cells}


def columns():
    case("missing-values", "gaps", "six empty cells", put(table(), "c", range(3, 9), float("nan")))
    case("missing-values", "infinite", "one infinity", put(table(seed=1), "a", [17], "inf"))
    spares("missing-values", "complete", "every cell is there", table(seed=2))

    age = np.random.default_rng(3).integers(18, 80, 160).astype(float)
    case(
        "sentinel-in-features",
        "nines",
        "−999 among ages",
        put(table(seed=3, age=age), "age", range(0, 160, 20), -999.0),
    )
    spares("sentinel-in-features", "wide-range", "one low value, and it is one of many", table(seed=4, age=age - 60))

    case("constant-feature", "one-value", "a column of sevens", table(seed=5, e=[7.0] * 160))
    spares(
        "constant-feature",
        "rare-value",
        "a column that is nearly always seven",
        put(table(seed=6, e=[7.0] * 160), "e", [3, 90], 8.0),
    )

    case("identifier-feature", "index", "an index that was written along", table(seed=7, index=np.arange(160.0)))
    case(
        "identifier-feature",
        "keys",
        "a key for every row",
        table(seed=8, key=[f"k{at * 7919 % 100003:06d}" for at in range(160)]),
    )
    spares("identifier-feature", "measured", "numbers that all differ because they were measured", table(seed=9))

    city = np.random.default_rng(10).choice(["Kyoto", "Osaka", "Nara"], 160).tolist()
    case("unencoded-categories", "cities", "a column of cities", table(seed=10, city=city))
    spares(
        "unencoded-categories",
        "encoded",
        "the cities as numbers",
        table(seed=11, city=[float(len(one)) for one in city]),
    )

    weight = np.random.default_rng(12).uniform(40, 90, 160)
    case("numbers-as-text", "units", "weights with their unit", table(seed=12, weight=[f"{x:.1f} kg" for x in weight]))
    case(
        "numbers-as-text",
        "strays",
        "words among numbers",
        put(table(seed=13, weight=weight), "weight", range(0, 160, 40), "unknown"),
    )
    spares(
        "numbers-as-text",
        "codes",
        "codes that begin with letters",
        table(seed=14, code=[f"AB-{int(x) % 9}" for x in weight]),
    )

    case(
        "inputs-not-scaled",
        "mixed",
        "metres beside millimetres",
        table(seed=15, e=1e4 * np.random.default_rng(15).standard_normal(160)),
    )
    spares("inputs-not-scaled", "standardised", "all columns on one scale", table(seed=16))

    rng = np.random.default_rng(17)
    case(
        "heavy-tailed-features",
        "income",
        "incomes",
        table(n=400, seed=17, income=np.exp(1.6 * rng.standard_normal(400))),
    )
    spares(
        "heavy-tailed-features", "even", "evenly spread numbers", table(n=400, seed=18, income=rng.uniform(1, 5, 400))
    )

    case(
        "outliers-in-data",
        "slipped-point",
        "two values a thousand times too large",
        put(table(seed=19), "c", [30, 31], 1500.0),
    )
    spares(
        "outliers-in-data",
        "tails",
        "a column with long tails",
        table(seed=20, e=np.random.default_rng(20).standard_t(4, 160)),
    )


def targets():
    rng = np.random.default_rng(30)
    few = table(n=400, seed=30)
    rare = [at for at in range(400) if few["y"][at] == 0 or at % 16 == 0]
    case("class-imbalance", "one-in-sixteen", "one class is rare", rows(few, rare))
    spares("class-imbalance", "even", "both classes alike", table(seed=31))

    noisy = table(n=300, seed=32)
    noisy["a"], noisy["b"] = (
        np.array(noisy["a"]) + 2 * (noisy["y"] - 0.5),
        np.array(noisy["b"]) + 2 * (noisy["y"] - 0.5),
    )
    wrong = rng.permutation(300)[:36]
    case(
        "label-noise",
        "one-in-eight",
        "one label in eight is flipped",
        put(noisy, "y", [], 0) | {"y": [1 - y if at in set(wrong.tolist()) else y for at, y in enumerate(noisy["y"])]},
    )
    spares("label-noise", "clean", "labels as they are", noisy)

    same = table(seed=33)
    twice = rows(same, range(0, 160, 20))
    case(
        "conflicting-labels",
        "both-ways",
        "eight rows labelled both ways",
        both(same, twice | {"y": [1 - y for y in twice["y"]]}),
    )
    spares("conflicting-labels", "same-label", "the copies have the same label", both(same, twice))

    case(
        "duplicate-rows",
        "exported-twice",
        "a part of the rows is there twice",
        both(table(seed=34), rows(table(seed=34), range(0, 160, 8))),
    )
    spares(
        "duplicate-rows",
        "coarse",
        "few coarse columns, in which equal rows are to be expected",
        {name: rng.integers(0, 3, 160).astype(float) for name in "abcy"},
    )

    case(
        "target-leak",
        "afterwards",
        "a column that was written after the outcome",
        table(n=200, seed=35, outcome=[3 * y + 1 + 0.01 * rng.standard_normal() for y in table(n=200, seed=35)["y"]]),
    )
    spares("target-leak", "helpful", "a feature that helps", table(n=200, seed=36))

    case(
        "inputs-uninformative",
        "shuffled",
        "labels that were shuffled by themselves",
        table(n=300, seed=37) | {"y": rng.permutation(table(n=300, seed=37)["y"])},
    )
    spares("inputs-uninformative", "informative", "labels of their rows", table(n=300, seed=38))

    case("missing-target", "unlabelled", "five rows were not labelled yet", put(table(seed=39), "y", range(10, 15), ""))
    spares("missing-target", "labelled", "every row is labelled", table(seed=40))

    case("constant-target", "one-class", "only one class is left", table(seed=41) | {"y": [1.0] * 160})
    spares("constant-target", "two-classes", "two classes", table(seed=42))

    case(
        "target-not-scaled",
        "prices",
        "prices in yen",
        numbers(seed=43) | {"y": 1e6 + 2e5 * np.array(numbers(seed=43)["y"])},
    )
    spares("target-not-scaled", "standardised", "a target on the scale of its inputs", numbers(seed=44))

    order = np.argsort(table(seed=45)["y"], kind="stable")
    case("rows-in-order", "by-class", "one class after the other", rows(table(seed=45), order))
    spares("rows-in-order", "shuffled", "rows as they come", table(seed=46))

    case(
        "few-samples",
        "wide",
        "more features than rows",
        {f"x{at}": rng.standard_normal(60) for at in range(40)} | {"y": (np.arange(60) % 2).astype(float)},
    )
    spares("few-samples", "enough", "forty rows a feature", noisy)

    case("target-outlook", "two-classes", "two classes", table(seed=47))
    spares(
        "target-outlook",
        "no-target",
        "nobody named a target",
        {name: column for name, column in table(seed=48).items() if name != "y"},
        target="",
    )


def surplus():
    rng = np.random.default_rng(49)
    y = rng.integers(0, 2, 10_400).astype(float)
    many = {"a": np.round(3 * y + rng.standard_normal(y.size), 1), "y": y}
    case("surplus-samples", "ten-thousand", "ten thousand rows of an easy task", many)
    spares("surplus-samples", "few", "a few hundred rows", table(n=300, seed=50))


def splits():
    train, val = table(seed=60), table(n=80, seed=61)
    case(
        "train-validation-leak",
        "copied",
        "a quarter of the validation was trained on",
        train,
        both(rows(val, range(60)), rows(train, range(20))),
    )
    near = rows(train, range(24))
    rng = np.random.default_rng(62)
    near |= {name: [x + 0.002 * rng.standard_normal() for x in near[name]] for name in "abcd"}
    case(
        "train-validation-leak",
        "nearly-copied",
        "a quarter of the validation is nearly in the training",
        train,
        both(rows(val, range(56)), near),
    )
    spares("train-validation-leak", "apart", "other rows", table(seed=63), table(n=80, seed=64))

    patients = [f"p{at // 5}" for at in range(160)]
    case(
        "group-overlap",
        "same-patients",
        "patients in both parts",
        table(seed=65, patient_id=patients),
        table(n=80, seed=66, patient_id=[f"p{at // 3}" for at in range(80)]),
    )
    spares(
        "group-overlap",
        "other-patients",
        "patients of their own",
        table(seed=67, patient_id=patients),
        table(n=80, seed=68, patient_id=[f"q{at // 3}" for at in range(80)]),
    )

    days = [f"2026-0{1 + at // 28}-{1 + at % 28:02d}" for at in range(160)]
    case(
        "time-overlap",
        "at-random",
        "split at random over time",
        table(seed=69, date=days),
        table(n=80, seed=70, date=days[:80]),
    )
    spares(
        "time-overlap",
        "later",
        "the validation is later",
        table(seed=71, date=days),
        table(n=80, seed=72, date=[f"2026-08-{1 + at % 28:02d}" for at in range(80)]),
    )

    whole = table(n=240, seed=73)
    scaled = whole | {name: (np.array(whole[name]) - np.mean(whole[name])) / np.std(whole[name]) for name in "abcd"}
    case(
        "preprocessing-before-split",
        "scaled-together",
        "scaled before the split",
        rows(scaled, range(160)),
        rows(scaled, range(160, 240)),
    )
    one = {name: np.array(whole[name][:160]) for name in "abcd"}
    proper = whole | {name: (np.array(whole[name]) - one[name].mean()) / one[name].std() for name in "abcd"}
    spares(
        "preprocessing-before-split",
        "scaled-apart",
        "scaled by the training part",
        rows(proper, range(160)),
        rows(proper, range(160, 240)),
    )

    case(
        "preprocessing-mismatch",
        "one-part-scaled",
        "only the training was scaled",
        table(seed=74),
        {name: np.array(x) * (1 if name == "y" else 40) for name, x in table(n=80, seed=75).items()},
    )
    spares("preprocessing-mismatch", "both-scaled", "both were scaled", table(seed=76), table(n=80, seed=77))

    moved = table(n=80, seed=79)
    case(
        "distribution-shift",
        "one-moved",
        "one feature is larger in the validation",
        table(seed=78),
        moved | {"c": np.array(moved["c"]) + 1.2},
    )
    spares("distribution-shift", "alike", "both from one source", table(seed=80), table(n=80, seed=81))

    other = table(n=80, seed=83)
    case(
        "columns-differ",
        "one-lost",
        "the validation lacks a column",
        table(seed=82),
        {name: x for name, x in other.items() if name != "d"},
    )
    spares("columns-differ", "same", "the same columns", table(seed=84), table(n=80, seed=85))


def healthy():
    case(
        "healthy",
        "audited-classes",
        "three classes, split at random",
        table(n=260, seed=90, classes=3),
        table(n=100, seed=91, classes=3),
    )
    case("healthy", "audited-numbers", "numbers to foretell", numbers(n=260, seed=92), numbers(n=100, seed=93))


if __name__ == "__main__":
    for make in (columns, targets, surplus, splits, healthy):
        make()
