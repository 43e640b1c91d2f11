"""What a normal variable gives after a corner: the sums that readings of random embeddings come to."""

from .forms import normal_density, normal_share


def mean_above_zero(mean: float, spread: float) -> float:
    """E max(0, x), x normal with this mean and standard deviation > 0."""
    z = mean / spread
    return mean * normal_share(z) + spread * normal_density(z)


def square_above_zero(mean: float, spread: float) -> float:
    """E max(0, x)², x normal with this mean and standard deviation > 0."""
    z = mean / spread
    return (mean * mean + spread * spread) * normal_share(z) + mean * spread * normal_density(z)
