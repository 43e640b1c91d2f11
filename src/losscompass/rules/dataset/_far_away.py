"""Values far away from all others, as a watched run shows them: in the inputs, in the targets, or in what the loss leaps by."""

from collections.abc import Iterator

from ...evidence.records import Event
from ...evidence.run import Run
from ..base import Exhibit, Finding, Severity, Undecided
from ..pairs import figure, pairs
from ._batches import leaps

FEW = 0.05  # share of the rows: more than that are a part of the distribution
WATCHED = 1000.0  # robust standard deviations, in a run: heavy tails reach a hundred
JUMPED = 100.0  # or so many, where the spread of the validation's targets is
SHRUNK = 0.5  # this share at most of the training's


def far_away(run: Run, jump: float) -> Iterator[Finding]:
    """What lies far away; `jump`: how many times farther than the next values. Raises Undecided where nothing was looked at."""
    looks = [one for one in pairs(run) if figure(one, "features", 0) > 0]
    if not looks:
        loss = run.curve("train")
        if loss is None or run.facts.get("reinforcement") is True:
            raise Undecided("watched-data-look")
        found = leaps(loss)
        if found is not None:
            values: dict[str, float | int | str] = {
                "what": "words:outliers-in-data.loss",
                "columns": 1,
                "names": "",
                "distance": found[0],
                "share": found[1],
            }
            yield Finding(onset=float(loss.step[0]), values=values, exhibits=(Exhibit(loss.name),))
        return
    for look in looks:
        far, rest, share = (figure(look, key, 0) for key in ("far", "far_rest", "far_share"))
        target, target_share = figure(look, "target_far", 0), figure(look, "target_far_share", 0)
        inputs = far >= max(WATCHED, jump * rest) and 0 < share <= FEW and figure(look, "marked", 0) < 1
        clear = _lost_among_them(look) and target >= JUMPED
        if inputs or ((target >= WATCHED or clear) and 0 < target_share <= FEW):
            yield Finding(
                onset=None,
                values={
                    "what": "words:outliers-in-data.columns",
                    "columns": int(figure(look, "far_columns", 0)) if inputs else 1,
                    "names": f"x[{int(figure(look, 'far_feature', 0))}]" if inputs else "y",
                    "distance": far if inputs else target,
                    "share": share if inputs else target_share,
                },
                confidence=0.9,
                severity=Severity.CRITICAL,
            )
            return


def _lost_among_them(look: Event) -> bool:
    """Whether the targets of the validation, which have none, lie within a part of the spread of the training's."""
    return 0 < figure(look, "targets_scale", 1.0) <= SHRUNK and not figure(look, "shifted", 0) > 0
