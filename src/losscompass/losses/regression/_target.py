"""What the losses of numbers ask of the target: its noise, its spread, and the best constant where a form needs all values."""

from math import sqrt

from ..base import NamedFault, Setting, TargetStatistics


def noise_of(target: TargetStatistics) -> tuple[float, tuple[str, ...]]:
    """The variance that no model can explain, at most that of the target, and the note that says if it was told larger."""
    if target.noise_variance > target.variance:
        return target.variance, ("noise-above-variance",)
    return target.noise_variance, ()


def normal_noise(target: TargetStatistics) -> tuple[float, tuple[str, ...]]:
    """The standard deviation of the noise, for forms that must take it for normal."""
    noise, notes = noise_of(target)
    return sqrt(noise), (*notes, "normal-noise") if noise else notes


def at_variance(times: float, cause: str) -> NamedFault:
    """The fault that a multiple of the target's variance names."""

    def value(setting: Setting) -> float | None:
        if setting.target is None or setting.reduction != "mean":
            return None
        return times * setting.target.variance

    return NamedFault(cause, value, benign=times == 1)
