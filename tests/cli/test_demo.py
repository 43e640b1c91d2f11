import sys
from importlib.resources import files
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import numpy as np
import pytest

EXAMPLE = Path(__file__).parents[2] / "examples" / "digits_mlp.py"
BUNDLED = files("losscompass.cli") / "demo_log.csv"


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_the_demo_shows_a_verdict_and_writes_the_page(call, tmp_path, lang):
    ended = call("demo", "--lang", lang, "--output", "page.html", cwd=tmp_path)
    assert ended.code == 0
    assert {"en": "Overfitting", "ja": "過学習"}[lang] in ended.out
    page = (tmp_path / "page.html").read_text("utf-8")
    assert page.startswith("<!")
    assert "demo_log.csv" in page


def test_a_page_that_cannot_be_written(call, tmp_path):
    ended = call("demo", "--output", tmp_path)
    assert ended.code == 2
    assert len(ended.err.splitlines()) == 1


def test_the_bundled_log_is_what_the_example_writes(tmp_path):
    """The training is run again: to the last digit on one machine, nearly so on another."""
    pytest.importorskip("sklearn", reason="scikit-learn is not installed")
    spec = spec_from_file_location("digits_mlp", EXAMPLE)
    example = module_from_spec(spec)
    sys.modules[spec.name] = example
    spec.loader.exec_module(example)
    example.write(example.train(), tmp_path / "log.csv")
    new, bundled = (
        np.genfromtxt(text.splitlines(), delimiter=",", names=True)
        for text in ((tmp_path / "log.csv").read_text(), BUNDLED.read_text("utf-8"))
    )
    assert new.dtype.names == bundled.dtype.names
    for name in bundled.dtype.names:
        np.testing.assert_allclose(new[name], bundled[name], rtol=0.05, atol=0.01, err_msg=name)
