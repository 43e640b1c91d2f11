import subprocess
import sys

import pytest

import losscompass
from losscompass.diagnose.diagnosis import Diagnosis


@pytest.fixture
def log(tmp_path):
    path = tmp_path / "log.csv"
    rows = [f"{e},{2 * 0.9**e:.4f},{2 * 0.85**e + 0.4 + 0.01 * max(0, e - 15):.4f}" for e in range(60)]
    path.write_text("epoch,loss,val_loss\n" + "\n".join(rows) + "\n")
    return path


def test_the_public_names_are_few_and_there():
    assert len(losscompass.__all__) <= 12
    for name in losscompass.__all__:
        assert getattr(losscompass, name) is not None
        assert name in dir(losscompass)
    with pytest.raises(AttributeError, match="nothing_of_this_name"):
        _ = losscompass.nothing_of_this_name


def test_every_lazy_name_has_a_home_and_is_public():
    assert set(losscompass._HOME) | {"__version__"} == set(losscompass.__all__)


def test_importing_loads_nothing():
    code = "import losscompass, sys; sys.exit(sorted({'numpy', 'rich', 'click', 'jaxtyping'} & set(sys.modules)) or 0)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_read_gives_a_diagnosis_that_shows_itself(log):
    report = losscompass.read(log)
    assert isinstance(report, Diagnosis)
    assert isinstance(report, losscompass.Report)
    assert report.runs[0].reading.labels[0] == "overfitting"
    assert repr(report) == f"<losscompass.Report of 1 run(s): {log}: {', '.join(report.runs[0].reading.labels)}>"
    assert "val/loss" in str(report)
    assert "<" in report._repr_html_()


def test_paths_may_be_one_or_many_and_missing_ones_are_no_exception(log, tmp_path):
    assert len(losscompass.read(str(log)).runs) == 1
    assert len(losscompass.read([log, tmp_path / "gone"]).unreadable) == 1
    assert losscompass.read(tmp_path / "gone").runs == ()


def test_render(log):
    report = losscompass.read(log)
    assert losscompass.render(report, "json").startswith("{")
    assert "過学習" in losscompass.render(report, "markdown", lang="ja")
    with pytest.raises(ValueError, match="pdf"):
        losscompass.render(report, "pdf")


def test_options(log):
    report = losscompass.read(log, losscompass.Options(ignore=("overfitting",)))
    assert "overfitting" not in [found.id for found in report.runs[0].found]
    with pytest.raises(TypeError):
        losscompass.Options(clases=10)


def test_progress_is_told(log):
    told = []
    losscompass.read(log, progress=lambda *step: told.append(step))
    assert all(len(step) == 3 for step in told)
