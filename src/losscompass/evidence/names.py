"""The canonical name and the role of a series, from whatever the log calls it.

A name is cut into words (`tokens`), the words are looked up (`vocabulary`), and their combination decides. A name of
which nothing is known is `Kind.OTHER`: no number is taken for a loss because nothing else is there.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from . import vocabulary as v
from .tokens import MAX_NAME, path, words


class Phase(StrEnum):
    """Whose data a number was measured on."""

    TRAIN = "train"
    VALIDATION = "val"
    TEST = "test"
    NONE = "none"  # learning rate, time, gradient norm …


class Kind(StrEnum):
    """What a number is, and so how it is read."""

    LOSS = "loss"  # minimised
    LOSS_PART = "loss-part"  # one term of a sum: box, cls, dfl, kl, penalty
    METRIC_UP = "metric-up"  # accuracy, F1, mAP, BLEU: higher is better
    METRIC_DOWN = "metric-down"  # error rate, perplexity, FID, WER, RMSE as a metric: lower is better
    REWARD = "reward"  # maximised
    LEARNING_RATE = "learning-rate"
    GRADIENT_NORM = "gradient-norm"
    TIME = "time"  # durations, throughput, ETA, memory
    COUNTER = "counter"  # step, epoch, iteration, samples seen
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Role:
    """What a series is."""

    phase: Phase
    kind: Kind

    @property
    def direction(self) -> int:
        """-1 if lower is better, +1 if higher is better, 0 if neither."""
        return {
            Kind.LOSS: -1,
            Kind.LOSS_PART: -1,
            Kind.METRIC_DOWN: -1,
            Kind.METRIC_UP: 1,
            Kind.REWARD: 1,
        }.get(self.kind, 0)


def role_of(raw: str, default: Phase | None = None) -> tuple[str, Role]:
    """The canonical name and the role of a series that the log calls `raw`.

    Canonical: "<phase>/loss", "<phase>/loss/<part>", "<phase>/<metric>[/<of what>]", "lr[/<group>]",
    "grad_norm[/<of what>]", "reward"; anything else keeps its own words. `default` is the phase of a loss or metric whose
    name says none. `roles_of` knows more: it sees all names.
    """
    said = words(raw)
    if not said:
        return "unnamed", Role(Phase.NONE, Kind.OTHER)
    special = _whole_name(raw, said)
    if special is not None:
        return special
    phase = _phase(said)
    bare = tuple(w for w in said if w not in _PHASES)
    kind, measure, about = _measure(raw, bare)
    if kind is Kind.OTHER:
        return _own_name(raw), Role(phase, kind)
    if kind in (Kind.TIME, Kind.COUNTER):
        return _own_name(raw), Role(Phase.NONE, kind)
    of_what = "_".join(about)
    if kind in (Kind.LEARNING_RATE, Kind.GRADIENT_NORM):
        return _joined(measure, of_what), Role(Phase.NONE, kind)
    if phase is Phase.NONE:
        held_out = measure in v.ONLY_EVALUATED or _namespace(raw) == "metrics"
        phase = default or (Phase.VALIDATION if held_out and kind is not Kind.LOSS else Phase.TRAIN)
    if kind is Kind.REWARD and phase is Phase.TRAIN:
        return _joined("reward", of_what), Role(phase, kind)
    if kind is Kind.LOSS_PART and phase is not Phase.TRAIN and re.fullmatch(r"[a-z]?\d+", of_what):
        kind = Kind.LOSS  # eval_g0_loss, validation_1: the loss on one of several data sets, not a term of a sum
    if kind is Kind.LOSS_PART and _is_criterion(raw, about):
        return _joined(phase, measure), Role(phase, Kind.LOSS)
    return _joined(phase, measure, of_what), Role(phase, kind)


def roles_of(raws: Iterable[str], default: object = None) -> Mapping[str, tuple[str, Role]]:
    """As `role_of`, for all the names of one log: what one name leaves open, the others often settle."""
    names = list(dict.fromkeys(raws))
    phase = _PHASES.get(str(default).casefold())
    roles = {raw: role_of(raw, phase) for raw in names}
    said = {raw: words(raw) for raw in names}
    everything = set(said.values())
    taken = {name for name, _ in roles.values()}
    spoken = {_phase(said[raw]) for raw in names if roles[raw][1].kind is Kind.LOSS}
    both = {Phase.TRAIN, Phase.VALIDATION} <= spoken and Phase.NONE not in spoken
    criteria = {raw for raw in names if _CRITERION.search(raw)}
    terms: dict[str, tuple[str, Phase]] = {}
    for raw in names:
        name, role = roles[raw]
        if role.kind is Kind.REWARD and said[raw] == ("r",) and not {("l",), ("t",)} <= everything:
            roles[raw] = (_own_name(raw), Role(Phase.NONE, Kind.OTHER))  # `r` is a reward beside `l` and `t` only
        if said[raw] in (("loss", "v"), ("v", "loss")) and {("loss", "t"), ("t", "loss")} & everything:
            roles[raw] = ("val/loss", Role(Phase.VALIDATION, Kind.LOSS))
        if said[raw] in (("loss", "t"), ("t", "loss")) and {("loss", "v"), ("v", "loss")} & everything:
            roles[raw] = ("train/loss", Role(Phase.TRAIN, Kind.LOSS))
        # A criterion's class beside another one, or beside the loss, is a term after all.
        if role.kind is Kind.LOSS and raw in criteria and sum(roles[one][0] == name for one in names) > 1:
            terms[raw] = (f"{name}/{'_'.join(w for w in said[raw] if w not in v.LOSS | _PHASES.keys())}", role.phase)
        # Where losses say both phases, a metric that says none is the validation's (fastai); Keras says `val_` then.
        if both and role.kind in _METRICS and _phase(said[raw]) is Phase.NONE:
            other = name.replace("train/", "val/", 1)
            if role.phase is Phase.TRAIN and other not in taken:
                roles[raw] = (other, Role(Phase.VALIDATION, role.kind))
        # A data set that also has a duration or a throughput is evaluated by itself: its loss is no term of a sum.
        if role.kind is Kind.LOSS_PART and role.phase in (Phase.VALIDATION, Phase.TEST):
            of_what = tuple(w for w in said[raw] if w not in v.LOSS)
            if any(timed[: len(of_what)] == of_what and len(timed) > len(of_what) for timed in _timed(everything)):
                roles[raw] = (name, Role(role.phase, Kind.LOSS))
    roles |= {raw: (name, Role(of, Kind.LOSS_PART)) for raw, (name, of) in terms.items()}
    roles |= _evaluated_pair(roles)
    return MappingProxyType(roles)


# XGBoost's scikit-learn interface numbers the sets of `eval_set`. Its documentation of `evals_result()` passes
# [(X_train, y_train), (X_test, y_test)] and shows `validation_0` and `validation_1`, and that is how people call it:
# of exactly two the first is what it was trained on. Of one, or of three and more, nothing can be said. LightGBM's
# `valid_0` is no such case: that library recognises the training set and calls it `training`.
_EVALUATED = re.compile(r"validation_([0-9]+)(?=[/:._ -])")


def _evaluated_pair(roles: Mapping[str, tuple[str, Role]]) -> dict[str, tuple[str, Role]]:
    """The roles of `validation_0` and `validation_1`, where a log has these two sets and says no training set."""
    numbers = {raw: found[1] for raw in roles if (found := _EVALUATED.match(raw)) is not None}
    others = [role for raw, (_, role) in roles.items() if raw not in numbers and role.direction]
    if set(numbers.values()) != {"0", "1"} or any(role.phase is Phase.TRAIN for role in others):
        return {}
    pair = {}
    for raw, number in numbers.items():
        name, role = role_of(_EVALUATED.sub("train" if number == "0" else "val", raw))
        if role.direction:
            pair[raw] = (name, role)
    return pair


_CRITERION = re.compile(r"(?:^|[^A-Za-z])[A-Z][A-Za-z0-9]*Loss$")


def _is_criterion(raw: str, about: tuple[str, ...]) -> bool:
    """A class of a loss function (`CrossEntropyLoss`, `MSELoss`), as scripts name their only loss after it."""
    return (
        len(about) == 1
        and _CRITERION.search(raw) is not None
        and (about[0] in v.NAMED_LOSS or about[0] in v.METRIC_DOWN)
    )


def phase_of_place(source: str, raws: Iterable[str]) -> Phase | None:
    """The phase that the place of a log says, where none of its names says any: `validation/events…`, `test_error.tsv`.

    Boosting libraries and Keras write one file a phase, with the same names in each.
    """
    if any(_phase(words(raw)) is not Phase.NONE for raw in raws):
        return None
    *_, folder, file = ("", *re.split(r"[/\\]+", source))
    for said in (words(file.partition(".")[0]), words(folder)):
        if said and said[0] in _PHASES and (len(said) == 1 or said[-1] in v.METRIC_DOWN or said[-1] in v.LOSS):
            return _PHASES[said[0]]
    return None


def variant_of(raw: str) -> tuple[str, ...]:
    """How the numbers of a name were taken (`step`, `epoch`, `avg` …): it does not belong to what they are."""
    return tuple(w for w in words(raw) if w in v.VARIANT)


_METRICS = (Kind.METRIC_UP, Kind.METRIC_DOWN)
_PHASES: Mapping[str, Phase] = MappingProxyType(
    {
        **dict.fromkeys(v.TRAIN, Phase.TRAIN),
        **dict.fromkeys(v.VALIDATION, Phase.VALIDATION),
        **dict.fromkeys(v.TEST, Phase.TEST),
    }
)
# Names that say nothing word by word, as their tools write them.
_WHOLE: Mapping[tuple[str, ...], tuple[str, Role]] = MappingProxyType(
    {
        ("r",): ("reward", Role(Phase.TRAIN, Kind.REWARD)),  # OpenAI and Stable-Baselines monitor files
        ("t",): ("t", Role(Phase.NONE, Kind.TIME)),
        ("l",): ("l", Role(Phase.NONE, Kind.OTHER)),
        ("trl",): ("train/loss", Role(Phase.TRAIN, Kind.LOSS)),  # llm.c
        ("tel",): ("val/loss", Role(Phase.VALIDATION, Kind.LOSS)),
        ("norm",): ("grad_norm", Role(Phase.NONE, Kind.GRADIENT_NORM)),
        ("rate",): ("lr", Role(Phase.NONE, Kind.LEARNING_RATE)),  # darknet
    }
)
# Terms of adversarial image translation, as its reference code and everything built on it print them: D_A, cycle_B.
_TRANSLATION = re.compile(r"(d|g|cycle|cyc|idt|identity|nce)_(a|b|y|real|fake|gan|l1)")


def _whole_name(raw: str, said: tuple[str, ...]) -> tuple[str, Role] | None:
    if said in _WHOLE:
        return _WHOLE[said]
    phase = _phase(said)
    bare = "_".join(w for w in said if w not in _PHASES)
    if _TRANSLATION.fullmatch(bare) and "(" not in raw:
        phase = Phase.TRAIN if phase is Phase.NONE else phase
        return f"{phase}/loss/{bare}", Role(phase, Kind.LOSS_PART)
    return None


def _phase(said: tuple[str, ...]) -> Phase:
    """The last word that names a phase: in `train/val_loss` the first is a folder."""
    return next((_PHASES[w] for w in reversed(said) if w in _PHASES), Phase.NONE)


def _measure(raw: str, bare: tuple[str, ...]) -> tuple[Kind, str, tuple[str, ...]]:
    """Kind, measure and what it is of, from the words of a name without its phase."""
    has = set(bare)
    if (has & v.GRADIENT and has & v.NORM) or has & _GLUED_NORMS:
        norm = max(at for at, w in enumerate(bare) if w in v.NORM or w in v.GRADIENT)
        order = tuple(w for w in bare[:norm] if not w.isdigit())  # of the norm: grad_2.0_norm
        return Kind.GRADIENT_NORM, "grad_norm", _rest((*order, *bare[norm:]), v.GRADIENT | v.NORM | {"inf", "l2"})
    if has & v.LEARNING_RATE:
        return Kind.LEARNING_RATE, "lr", _rest(bare, v.LEARNING_RATE | {"x"})
    if has & v.NO_CURVE and not _only_counts(bare):
        return Kind.OTHER, "", ()
    if "per" in has and has & (v.TIME | v.COUNTED):  # seconds per step
        return Kind.TIME, "", ()
    down = [w for w in bare if w in v.METRIC_DOWN]
    up = sorted((w for w in bare if w in v.METRIC_UP), key=_VAGUE.__contains__)
    perplexed = [w for w in down if v.METRIC_DOWN[w] == "perplexity"]
    if perplexed:  # "lm loss PPL"
        return Kind.METRIC_DOWN, "perplexity", _rest(bare, {*perplexed, *v.LOSS})
    if has & v.LOSS:
        return _loss(raw, bare)
    if has & v.REWARD and has & {"accuracy", "accuracies"} and not has & {"reward"}:
        return Kind.METRIC_UP, "accuracy", ("preference",)  # of a preference model: rewards/accuracies
    if has & v.REWARD:
        return Kind.REWARD, "reward", _rest(bare, v.REWARD | {"score"})
    if {"err"} & has and has & {"d", "g"}:
        return Kind.LOSS_PART, "loss", _rest(bare, {"err"})
    if down:  # before `up`: a top-1 error is an error
        measure = v.METRIC_DOWN[down[-1]]
        return Kind.METRIC_DOWN, measure, _rest(bare, (w for w in down if v.METRIC_DOWN[w] == measure))
    named = [w for w in bare if w in v.NAMED_LOSS]
    if named:
        return Kind.LOSS, v.NAMED_LOSS[named[-1]], _rest(bare, {named[-1]})
    if up:
        measure = v.METRIC_UP[up[0]]
        return Kind.METRIC_UP, measure, _rest(bare, [w for w in up if v.METRIC_UP[w] in (measure, "score")])
    terms = [w for w in bare if w in v.LOSS_TERM]
    if terms:
        return Kind.LOSS_PART, "loss", (*_rest(bare, {terms[-1]}), v.LOSS_TERM[terms[-1]])
    if has & v.TIME and bare[-1] not in v.COUNTED - {"it", "its"}:
        return Kind.TIME, "", ()
    if _only_counts(bare):
        return Kind.COUNTER, "", ()
    if has & v.TIME and bare[-1] in v.COUNTED:
        return (Kind.TIME if "per" in has or "/s" in raw else Kind.COUNTER), "", ()
    return Kind.OTHER, "", ()


_GLUED_NORMS = frozenset(("gradnorm", "gradientnorm", "gradnorms", "totalnorm", "gnorm"))


def _loss(raw: str, bare: tuple[str, ...]) -> tuple[Kind, str, tuple[str, ...]]:
    last = bare[-1]
    parts = tuple(w for w in path(raw) if w)
    if parts and parts[0] in v.LOSS and len(parts) > 1 and last not in v.LOSS:
        # `Loss/…` is often a folder of a dashboard: what stands in it speaks for itself.
        if last in v.METRIC_UP and last not in _ALSO_LOSSES and last != "score":
            return Kind.METRIC_UP, v.METRIC_UP[last], _rest(bare[:-1], v.LOSS)
        if set(bare) & {"scores", "score", "signs"}:
            return Kind.OTHER, "", ()
    # "time cost 83.03s", and Paddle's reader_cost
    spent = "cost" in bare and set(bare) & (v.TIME | {"batch", "reader", "data"})
    if spent or (set(bare) & v.TIME and last in v.TIME):
        return Kind.TIME, "", ()
    about = _rest(bare, v.LOSS)
    if about == ("value",) and last == "value":  # "loss value", but not the value function's "value_loss"
        about = ()
    return (Kind.LOSS_PART if about else Kind.LOSS), "loss", about


_VAGUE = frozenset(("map", "score", "ap", "ar", "em", "success"))
_ALSO_LOSSES = frozenset(("iou", "dice", "ssim", "likelihood", "ll", "map", "ap", "ar", "correlation"))


def _rest(bare: tuple[str, ...], used: Iterable[str]) -> tuple[str, ...]:
    """The words that say of what: without those used, and without those that say nothing."""
    out = set(used) | v.NEUTRAL | v.VARIANT
    return tuple(w for w in bare if w not in out)


def _only_counts(bare: tuple[str, ...]) -> bool:
    return (
        bool(bare)
        and set(bare) <= (v.COUNTER | v.TIME | {"per"})
        and bool(set(bare) & v.COUNTED)
        and not set(bare) & {"weight", "size"}
    )


def _namespace(raw: str) -> str:
    return path(raw.split("/", 1)[0])[0] if "/" in raw and path(raw.split("/", 1)[0]) else ""


def _timed(everything: Iterable[tuple[str, ...]]) -> Iterable[tuple[str, ...]]:
    return [said for said in everything if said[-1] in ("runtime", "second", "persecond", "throughput")]


def _own_name(raw: str) -> str:
    text = unicodedata.normalize("NFKC", raw[:MAX_NAME]).casefold()
    parts = (re.sub(r"\W+", "_", part).strip("_") for part in text.split("/"))
    return "/".join(part for part in parts if part) or "unnamed"


def _joined(*parts: str) -> str:
    return "/".join(part for part in parts if part)
