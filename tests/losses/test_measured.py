"""Every loss of the catalogue beside what `make bench-losses` measures with real implementations."""

import importlib.util
import sys
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="measuring losses needs torch")

from losscompass.losses.all import ALL

MEASURED = Path(__file__).parents[2] / "benchmarks" / "loss_measured.py"


@pytest.fixture(scope="module")
def cases():
    spec = importlib.util.spec_from_file_location("loss_measured", MEASURED)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their own module up
    try:
        spec.loader.exec_module(module)
        yield dict(module.cases())
    finally:
        del sys.modules[spec.name]


@pytest.mark.parametrize("loss", ALL, ids=lambda loss: loss.id)
def test_the_closed_forms_are_what_is_measured(loss, cases):
    case = cases[loss.id]
    said = loss.readings(loss, case.setting)
    for name in ("start", "baseline", "floor"):
        formula, measured = getattr(said, name), getattr(case, name)
        if measured is not None:
            assert formula is not None, name
            assert abs(formula - measured.value) <= measured.allowed, name


def test_nothing_is_measured_that_is_not_in_the_catalogue(cases):
    assert set(cases) == {loss.id for loss in ALL}
