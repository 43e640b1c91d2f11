"""The audit as a whole: hard tables, the same answer every time, and numbers that agree with NumPy."""

import numpy as np
import polars as pl
import pytest

from losscompass.data.audit import audit
from losscompass.data.errors import DataError
from losscompass.data.fingerprints import Sketcher, chance_of_twins, fingerprints
from losscompass.data.label_noise import doubts
from losscompass.data.moments import Moments
from losscompass.data.profile import profile
from losscompass.data.roles import roles_of
from losscompass.data.sources import open_source
from losscompass.data.target import target_of
from losscompass.diagnose.engine import diagnose_run
from losscompass.evidence.build import build


def verdict(train, validation=None, **told):
    (run,) = build(audit(train, validation, **told), "t")
    return diagnose_run(run, strict=True)


def ids(one):
    return {found.id for found in one.found}


def written(tmp_path, text):
    (tmp_path / "t.csv").write_text(text, encoding="utf-8")
    return tmp_path / "t.csv"


def test_one_row(tmp_path):
    assert "few-samples" in ids(verdict(written(tmp_path, "a,b,y\n1,2,0\n"), target="y"))


def test_one_class(tmp_path):
    assert "constant-target" in ids(
        verdict(written(tmp_path, "a,y\n" + "".join(f"{at},1\n" for at in range(40))), target="y")
    )


def test_everything_is_missing(tmp_path):
    found = verdict(written(tmp_path, "a,b,y\n" + ",,\n" * 30), target="y")
    assert {"missing-values", "missing-target"} <= ids(found)
    assert next(one for one in found.found if one.id == "missing-target").severity == "critical"


def test_mixed_types(tmp_path):
    rows = "".join(f"{at if at % 25 else 'about ' + str(at)},{at % 2}\n" for at in range(1, 101))
    found = next(
        one for one in verdict(written(tmp_path, "a,y\n" + rows), target="y").found if one.id == "numbers-as-text"
    )
    assert found.values["mixed"] == 1
    assert found.values["strays"] == pytest.approx(0.04)


def test_names_and_cells_that_mean_harm(tmp_path):
    name = "<img src=x onerror=alert(1)>\u202e\x1b[31m"
    text = f'"{name}","=cmd()",y\n' + "".join(f"{at},\x1b]0;evil\x07{at % 3},{at % 2}\n" for at in range(40))
    found = verdict(written(tmp_path, text), target="y")
    assert ids(found)


def test_names_twice_and_names_missing(tmp_path):
    table = open_source(written(tmp_path, "a,a,,y\n1,2,3,0\n4,5,6,1\n"))
    assert table.names == ("a", "a (2)", "column 2", "y")


def test_many_columns():
    rng = np.random.default_rng(0)
    assert "few-samples" in ids(verdict((rng.standard_normal((40, 3_000)), np.arange(40) % 2)))


def test_numbers_beyond_all_bounds():
    x = np.array([[1e308, -1e308, 5e-324, np.inf], [np.nan, 1e-300, 0.0, -np.inf]] * 30)
    assert "missing-values" in ids(verdict((x, np.arange(60) % 2)))


@pytest.mark.parametrize(
    ("told", "key"),
    [({"target": "z"}, "no-such-column"), ({"group": "z"}, "no-such-column"), ({"time": "z"}, "no-such-column")],
)
def test_a_column_that_is_not_there(told, key):
    with pytest.raises(DataError) as error:
        list(audit({"a": [1.0, 2.0], "y": [0, 1]}, **told))
    assert error.value.key == key


def test_nothing_but_the_target():
    with pytest.raises(DataError, match="no-features"):
        list(audit({"y": [0, 1]}, target="y"))


def test_parts_without_a_common_column():
    with pytest.raises(DataError, match="nothing-shared"):
        list(audit({"a": [1.0, 2.0]}, {"b": [1.0, 2.0]}))


def test_the_same_every_time_and_nothing_is_changed():
    rng = np.random.default_rng(1)
    x, y = rng.standard_normal((120, 3)), rng.integers(0, 2, 120)
    before = x.copy()
    assert repr(list(audit((x, y)))) == repr(list(audit((x, y))))
    assert np.array_equal(x, before)


def test_moments_merge_to_what_numpy_says():
    rng = np.random.default_rng(2)
    x = rng.standard_normal((1000, 3)) * [1, 1e6, 1e-6] + [0, 5, 1]
    x[::7, 1] = np.nan
    x[3, 2] = np.inf
    moments = Moments(3)
    for start in range(0, 1000, 130):
        moments.add(x[start : start + 130], np.zeros(3, dtype=np.int64))
    finite = np.where(np.isfinite(x), x, np.nan)
    assert moments.mean == pytest.approx(np.nanmean(finite, axis=0))
    assert moments.std == pytest.approx(np.nanstd(finite, axis=0))
    assert moments.low == pytest.approx(np.nanmin(finite, axis=0))
    assert moments.missing.tolist() == [0, 143, 0]
    assert moments.infinite.tolist() == [0, 0, 1]
    assert moments.first_gap.tolist() == [-1, 0, 3]


def sketch(x):
    table = open_source(x)
    part = profile(table, roles_of(table, None, None, None))
    sketcher = Sketcher.of(part, frozenset())
    return part, sketcher, fingerprints(part, sketcher)


def test_fingerprints_know_copies_and_near_copies():
    rng = np.random.default_rng(3)
    x = rng.standard_normal((500, 30))
    x[400:450] = x[:50]
    x[450:] = x[50:100] + 0.003 * rng.standard_normal((50, 30))
    part, sketcher, prints = sketch(x)
    assert np.array_equal(prints.exact[400:450], prints.exact[:50])
    assert np.unique(prints.exact).size == 450
    near = np.any([prints.near[grid][450:] == prints.near[grid][50:100] for grid in range(len(prints.near))], axis=0)
    assert near.mean() >= 0.9
    assert max(chance_of_twins(part, sketcher, 500)) < 0.02


def test_twins_in_coarse_tables_are_expected():
    part, sketcher, _ = sketch(np.random.default_rng(4).integers(0, 3, (400, 4)).astype(float))
    assert chance_of_twins(part, sketcher, 400)[0] > 0.5


def test_doubts_find_what_was_flipped():
    rng = np.random.default_rng(5)
    truth = rng.integers(0, 3, 900)
    given = truth.copy()
    given[:90] = (given[:90] + 1) % 3
    shares = 0.05 + 0.85 * np.eye(3)[truth] + 0.03 * rng.random((900, 3))
    found = doubts(shares / shares.sum(axis=1, keepdims=True), given)
    assert found.share == pytest.approx(0.1, abs=0.02)
    assert found.low <= 0.1 <= found.high
    assert set(np.flatnonzero(found.doubted)) <= set(range(90))


def test_what_a_target_is():
    assert target_of(np.array([0.0, 1.0, np.nan]), "y").task == "binary"
    assert target_of(np.arange(50) / 7, "y").task == "regression"
    assert target_of(np.arange(50) / 7, "y", task="multiclass").task == "multiclass"
    assert target_of(np.array(["a", None, "b", "c"], dtype=object), "y").codes.tolist() == [0, -1, 1, 2]
    assert target_of(np.array([np.nan, np.nan]), "y") is None


def test_columns_of_lists_are_told_and_left_out():
    frame = pl.DataFrame({"a": [1.0, 2.0] * 20, "l": [[1], [2]] * 20, "y": [0, 1] * 20})
    one = verdict(frame, target="y")
    assert [(skip.reason, skip.where) for skip in one.run.skipped] == [("nested-column", "l")]
