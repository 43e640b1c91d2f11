"""How rules read the sample of a watched run's data (`data-look`): what the inputs tell of the targets, and what the network does."""

from collections.abc import Iterator

from ..evidence.records import Event
from ..evidence.run import Run
from .base import Need
from .seen import count, number, text

LOOKED = Need("event:data-look", optional=True)
FEWEST = 60  # samples of a part, below which nothing is said
ROWS = 100  # answers of the network
RARE = 0.9  # share of the most frequent class, beyond which the others are too few to tell by
TELLS = 0.3  # skill of a plain model on the validation, from which on its inputs tell of its targets
ELSEWHERE = 0.25  # share of the features that lie elsewhere in the validation, up to which inputs are of one kind
CERTAIN = 4.0  # standard errors of a skill that is chance


def pairs(run: Run, *, inputs: bool = False) -> Iterator[Event]:
    """The last look at each kind of pairs of inputs and targets (or at `inputs` whose targets are not known), those with most samples first."""
    last: dict[tuple[object, ...], Event] = {}
    for one in run.happened("data-look"):
        if (text(one, "kind") == "inputs") is not inputs:
            continue
        last[text(one, "kind"), *(count(one, key) for key in ("columns", "features", "model", "loss"))] = one
    yield from sorted(last.values(), key=lambda one: -count(one, "train") - count(one, "val"))


def figure(look: Event, key: str, otherwise: float = 0.0) -> float:
    """A finite number, or what stands for it."""
    found = number(look, key)
    return otherwise if found is None else found


def enough(look: Event, *parts: str, least: int = FEWEST) -> bool:
    """Whether so many samples of these parts were seen, with answers of more than one kind."""
    return all(count(look, part) >= least and number(look, f"{part}_near") is not None for part in parts)


def skill(look: Event, part: str) -> float:
    """What a simple model gets out of the inputs: neighbours or a straight line, whichever is better. 0 is a guess."""
    known = [number(look, f"{part}_{way}") for way in ("near", "vote", "ridge")]
    return max((one for one in known if one is not None), default=0.0)


def error(look: Event, part: str) -> float:
    """The standard error of a skill that is nothing but chance."""
    told = number(look, f"{part}_error")
    return max(told or 0.0, float(max(1, count(look, part)) ** -0.5))


def speaks(look: Event, part: str, least: float) -> bool:
    """Whether the inputs of a part tell of its targets, beyond doubt."""
    return skill(look, part) >= max(least, CERTAIN * error(look, part))


def silent(look: Event, part: str, most: float = 0.1) -> bool:
    """Whether they tell nothing."""
    return skill(look, part) <= max(most, 2.5 * error(look, part))


def only_the_training_is_silent(look: Event) -> bool:
    """Whether inputs tell of targets within the validation, and neither within the training nor from there to the validation.

    Copies of one sample (augmented, drawn twice) share its label, right or wrong: then its nearest neighbour tells it, and a straight line
    through all does not.
    """
    line, their_line = (number(look, f"{part}_ridge") or 0.0 for part in ("train", "val"))
    bent = line <= max(0.1, 2.5 * error(look, "train")) and their_line >= max(TELLS, CERTAIN * error(look, "val"))
    if (number(look, "train_majority") or 0.0) > RARE:
        return False  # of a rare class there is little to tell by
    return (silent(look, "train") or bent) and silent(look, "across", 0.15) and speaks(look, "val", TELLS)


def network(look: Event, part: str) -> float | None:
    """What the network got out of them at the end, on the same scale; None where it was not seen."""
    return number(look, f"{part}_net")


def behind(look: Event) -> float | None:
    """How much less skill the network has on the validation than a plain model that was fitted to the training; None: unknown."""
    net = network(look, "val")
    if (
        net is None
        or look.data.get("kind") == "tokens"
        or not enough(look, "train", "val", least=ROWS)
        or (number(look, "val_net_rows") or 0.0) < ROWS / 2
    ):
        return None
    plain = min(skill(look, part) for part in ("train", "val", "across"))
    unsure = (
        CERTAIN * error(look, "val") * max(0.25, (1 - min(plain, 1.0)) ** 0.5)
    )  # less where there is less to be unsure of
    return plain - net if plain - net >= unsure else 0.0
