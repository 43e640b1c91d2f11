"""From the reading of one element to that of the reduction in use."""

from .base import Readings, Setting


def reduced(setting: Setting, readings: Readings) -> Readings:
    """The readings as the reduction shows them: a sum adds up `count` elements; unknown while the count is."""
    if setting.reduction == "mean":
        return readings
    if setting.count is None:
        return Readings(None, None, None, (*readings.notes, "count-unknown"))
    start, baseline, floor = (
        None if reading is None else reading * setting.count
        for reading in (readings.start, readings.baseline, readings.floor)
    )
    return Readings(start, baseline, floor, readings.notes)
