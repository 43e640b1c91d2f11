"""Which event files of one folder are one run, and what a resumed run wrote twice.

Files of a folder are joined in the order of their first record. A file that goes on where the run stood continues it.
One that goes back a little resumed from a checkpoint: what the run had logged beyond that point is orphaned, and is
dropped, and counted, as TensorBoard does where a writer marks a restart. One that begins where the run began, or was
written while the run still went on, is a run of its own.
"""

from dataclasses import dataclass, field

import numpy as np

from .file import Curve, EventFile


@dataclass(slots=True)
class Session:
    """One run, from one or several files."""

    name: str
    curves: dict[str, Curve] = field(default_factory=dict)
    orphaned: int = 0

    def begin(self) -> int:
        """The first step of all."""
        return min((int(curve.step.min()) for curve in self.curves.values()), default=0)


def sessions(files: list[EventFile]) -> list[Session]:
    """The runs in the files of one folder."""
    found: list[Session] = []
    for file in sorted(files, key=_begun):
        current = Session(file.path.name, dict(file.curves))
        _restart_within(file, current)
        if not current.curves:
            continue
        if found and _continues(found[-1], current, file):
            _join(found[-1], current)
        else:
            found.append(current)
    return found


def _begun(file: EventFile) -> tuple[float, str]:
    walls = [curve.wall[0] for curve in file.curves.values() if np.isfinite(curve.wall[0])]
    return (min(walls, default=0.0), file.path.name)


def _restart_within(file: EventFile, session: Session) -> None:
    """Drop what a restart inside the file declares orphaned."""
    for place, step in file.restarts:
        for tag, curve in session.curves.items():
            _keep(session, tag, ~((curve.place < place) & (curve.step >= step)))
    if not file.versioned and not file.damaged:
        # Files without a version mark no restart: there, a tag that falls behind its own last step has begun anew.
        # (In a damaged file the version may be what was lost: then nothing is dropped.)
        for tag, curve in session.curves.items():
            behind = curve.step < np.maximum.accumulate(curve.step)
            if behind.any():
                later = np.where(behind, curve.step, np.iinfo(np.int64).max)
                lowest = np.minimum.accumulate(later[::-1])[::-1]
                _keep(session, tag, np.concatenate([curve.step[:-1] < lowest[1:], [True]]))
    session.curves = {tag: curve for tag, curve in session.curves.items() if curve.step.size}


def _keep(session: Session, tag: str, keep: np.ndarray) -> None:
    dropped = int(keep.size - np.count_nonzero(keep))
    if dropped:
        session.orphaned += dropped
        session.curves[tag] = session.curves[tag].take(keep)


def _continues(run: Session, later: Session, file: EventFile) -> bool:
    shared = run.curves.keys() & later.curves.keys()
    if not shared:
        return True
    overlaps = any(_last_wall(run.curves[tag]) > _first_wall(later.curves[tag]) for tag in shared)
    first = min(int(later.curves[tag].step[0]) for tag in shared)
    if file.restarts:
        first = min(first, file.restarts[0][1])
    return not overlaps and first > run.begin()


def _join(run: Session, later: Session) -> None:
    for tag, curve in later.curves.items():
        if tag not in run.curves:
            run.curves[tag] = curve
            continue
        _keep(run, tag, run.curves[tag].step < curve.step.min())
        before = run.curves[tag]
        run.curves[tag] = Curve(
            *(
                np.concatenate([getattr(before, name), getattr(curve, name)])
                for name in ("place", "step", "value", "wall")
            )
        )
    run.orphaned += later.orphaned


def _first_wall(curve: Curve) -> float:
    return float(curve.wall[0])


def _last_wall(curve: Curve) -> float:
    return float(curve.wall[-1])
