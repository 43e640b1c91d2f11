import pytest

torch = pytest.importorskip("torch", reason="losscompass.functional needs torch")


@pytest.fixture
def draw():
    """Reproducible random numbers in float64."""
    return torch.Generator().manual_seed(0)
