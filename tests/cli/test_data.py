import json
import subprocess
import sys

import numpy as np
import pytest

import losscompass


@pytest.fixture
def train(tmp_path):
    rng = np.random.default_rng(0)
    rows = [f"{a:.4f},{b:.4f},{int(a + b > 0)}" for a, b in rng.standard_normal((120, 2))]
    rows[5] = ",0.1,1"
    path = tmp_path / "train.csv"
    path.write_text("a,b,y\n" + "\n".join(rows) + "\n")
    return path


def test_a_verdict_with_what_to_do_first(call, train):
    shown = call("data", str(train), "--target", "y", "--lang", "en")
    assert shown.code == 1
    assert "Faults in the data" in shown.out
    assert "features: 2, target: y (two classes)" in shown.out
    assert "Fill missing values" in shown.out
    assert "Too short" not in shown.out


def test_in_japanese(call, train):
    shown = call("data", str(train), "--target", "y", "--lang", "ja")
    assert "データに問題があります" in shown.out
    assert "目的変数 y(2 クラス)" in shown.out


@pytest.mark.parametrize("form", ["markdown", "github", "html"])
def test_every_form(call, train, form):
    shown = call("data", str(train), "--target", "y", "--format", form, "--lang", "en", "--fail-on", "never")
    assert shown.code == 0
    assert "Missing or infinite values" in shown.out


def test_json_holds_the_rows(call, train):
    shown = call("data", str(train), "--target", "y", "--format", "json", "--fail-on", "never")
    one = json.loads(shown.out)["runs"][0]
    found = next(x for x in one["found"] if x["id"] == "missing-values")
    assert found["exhibits"][0]["columns"] == ["column", "missing", "infinite", "first-row"]
    assert found["exhibits"][0]["rows"] == [["a", 1, 0, 5]]
    assert one["facts"]["audited"] is True


def test_complaints_are_one_sentence(call, train, tmp_path):
    for words in (["gone.csv"], [str(train), "--target", "z"], [str(tmp_path)], [str(train), "--task", "magic"]):
        shown = call("data", *words, "--lang", "en")
        assert shown.code == 2
        assert shown.err.startswith("losscompass: ")
        assert shown.err.count("\n") == 1


def test_without_the_extra(call, train, monkeypatch):
    monkeypatch.setattr("losscompass.data.extra.find_spec", lambda name: None)
    shown = call("data", str(train), "--lang", "en")
    assert shown.code == 2
    assert 'needs polars, scikit-learn: pip install "losscompass[data]"' in shown.err


def test_importing_the_front_door_loads_no_polars():
    code = "import losscompass, losscompass.api, sys; assert not {'polars', 'sklearn'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_from_python():
    x = np.random.default_rng(0).standard_normal((100, 3))
    report = losscompass.audit((x, (x[:, 0] > 0).astype(int)))
    assert report.runs[0].run.facts["rows"] == 100
    assert "target-outlook" in {one.id for one in report.runs[0].found}
