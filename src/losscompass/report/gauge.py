"""The scale of a judgement: where start, guess, floor and value stand between the worst and the best."""

from math import isfinite

from ..losses.judge import Judgement

MARKS = ("start", "baseline", "floor", "value")
FAR = 1.25
"""How much longer than from start to floor the scale may be, before a value beyond stands at its end."""


def places(judged: Judgement) -> dict[str, float]:
    """The share of the width at which each reading stands, 0 the worst, 1 the best; empty where there is no scale."""
    known = {name: float(x) for name in MARKS if (x := getattr(judged, name)) is not None and isfinite(x)}
    anchors = [x for name, x in known.items() if name != "value"]
    if "value" not in known or not anchors or not {"start", "baseline"} & known.keys():
        return {}
    best = known.get("floor", min(*anchors, known["value"], 0.0))
    worst = max(anchors)
    length = (worst - best) or 1.0
    worst = min(max(worst, known["value"]), best + FAR * length) if worst > best else best + length
    return {name: min(1.0, max(0.0, (worst - x) / (worst - best))) for name, x in known.items()}
