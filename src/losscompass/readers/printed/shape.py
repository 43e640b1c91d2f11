"""What the numbers of a printed line are, once its words were read."""

import re
from dataclasses import dataclass, field, replace

from ...evidence.names import Kind
from .series import Points

NUMBER = re.compile(
    r"([-+.0-9nNiI]"  # the first character is found quickly, then looked at from behind
    r"(?:(?<![0-9A-Za-z_.@#\-].)|(?<=[Ee]poch.)|(?<=EPOCH.)|(?<=[Ee]poch[-_].)|(?<=[^a-z]ep[-_].)|(?<=iter[-_].)|(?<=[Ss]tep[-_].)|(?<=eration[-_].))"
    r"(?:(?<=[0-9])(?:[0-9]{0,2}(?:,[0-9]{3})+(?![0-9,])(?:\.[0-9]+)?|[0-9]*(?:\.[0-9]*)?(?:[eE][-+]?[0-9]+)?)"
    r"|(?<=\.)(?<![0-9]:.)[0-9]+(?:[eE][-+]?[0-9]+)?"
    r"|(?<=[-+])(?:[0-9]+(?:\.[0-9]*)?(?:[eE][-+]?[0-9]+)?|\.[0-9]+(?:[eE][-+]?[0-9]+)?|(?:[nN][aA][nN]|[iI][nN][fF](?:inity)?)(?![\w]))"
    r"|(?<=[nN])[aA][nN](?![\w])|(?<=[iI])[nN][fF](?:inity)?(?![\w])))"
)

MOST_NUMBERS = 200  # of a line that are looked at: what holds more is an array


@dataclass(slots=True)
class Value:
    """One number of a line that belongs to a series."""

    slot: int
    name: str
    phase: str | None  # said in the line, not by the name
    inherits: bool  # takes the phase of the heading above, if there is one
    kind: Kind
    mean: int | None = None  # slot of the running mean printed beside it
    total: int | None = None  # slot of what it is a count out of: 9850/10000
    percent: int | None = None  # slot of the same as a percentage


@dataclass(slots=True)
class Shape:
    """What the numbers of a line are; slots count its numbers from 0."""

    values: list[Value] = field(default_factory=list)
    epoch: int | None = None
    epochs: int | None = None  # slot of the number of epochs planned
    step: int | None = None
    steps: int | None = None  # slot of what the step counts up to
    heading: str | None = None  # the phase that this line announces
    leads: str | None = None  # the first phase the line names
    bar: bool = False
    box: bool = False  # one name and one number of a boxed table
    numbers: int = 0
    unread: bool = False  # names a measure and holds a number, but none was understood
    identity: str = ""  # equal for lines of the same words
    said: int = 0  # number of this wording
    targets: "tuple[tuple[int, Points], ...] | None" = None  # where the values go while no heading holds
    row: bool = False  # mostly bare numbers
    section: str = ""  # the row of a box that names those that follow: "rollout/"
    rank: int = 99  # of the step counter: the lower counts more of the run
    lead: bool = False  # the step is a bare pair at the start of the line
    rest: "Shape | None" = None  # another record on the same line, with slots of the same line

    @property
    def level(self) -> str:
        """Whether the line itself counts, and what."""
        return "step" if self.step is not None else "epoch" if self.epoch is not None else "none"

    @property
    def plain(self) -> bool:
        """Values and nothing else."""
        return bool(self.values) and not self.bar and not self.box

    def by_epoch(self) -> "Shape":
        """The same line where its bare pair counts epochs."""
        return replace(
            self, epoch=self.step, epochs=self.steps, step=None, steps=None, lead=False, targets=None, rest=None
        )
