"""Take a smaller learning rate."""

from collections.abc import Mapping

from ..evidence.run import Run
from ._rates import highest_rate, round_rate
from .base import Remedy, Value


def parameters(run: Run, values: Mapping[str, Value]) -> Mapping[str, Value]:
    """Half the rate up to which the loss fell if the finding knows it, else a third of the highest that was used."""
    good, highest = values.get("good_rate"), highest_rate(run)
    if isinstance(good, float) and good > 0:
        return {"rate": round_rate(good / 2.0), "was": highest or good}
    return {"rate": round_rate(highest / 3.0), "was": highest} if highest else {}


REMEDY = Remedy(id="lower-learning-rate", stage="learning-rate", risk="changes-result", parameters=parameters)
