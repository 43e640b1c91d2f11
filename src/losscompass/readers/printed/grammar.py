"""The shape of a printed line: what each of its numbers is. Lines that differ only in their numbers share one shape.

A line is split at its numbers; the words between them are read once and say, for every number, whether it is a
counter (epoch, step, the total of either), the value of a series and of which, or nothing. No framework is known here,
only how people print: `name: 0.5`, `name=0.5`, `name 0.5`, `0.5 name,`, `0.5 (0.6)`, `[3][100/250]`, `98/100 (98%)`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import islice, pairwise

from ...evidence.names import Kind
from .prefix import message_start
from .series import Points
from .words import CURVES, about_others, counter, kind, may_matter, only_phase, own_phase, scope, scopes, trailing_name

NUMBER = re.compile(
    r"([-+.0-9nNiI]"  # the first character is found quickly, then looked at from behind
    r"(?:(?<![0-9A-Za-z_.@#\-].)|(?<=[Ee]poch.)|(?<=EPOCH.)|(?<=[Ee]poch[-_].)|(?<=[^a-z]ep[-_].)|(?<=iter[-_].)|(?<=[Ss]tep[-_].)|(?<=eration[-_].))"
    r"(?:(?<=[0-9])(?:[0-9]{0,2}(?:,[0-9]{3})+(?![0-9,])(?:\.[0-9]+)?|[0-9]*(?:\.[0-9]*)?(?:[eE][-+]?[0-9]+)?)"
    r"|(?<=\.)(?<![0-9]:.)[0-9]+(?:[eE][-+]?[0-9]+)?"
    r"|(?<=[-+])(?:[0-9]+(?:\.[0-9]*)?(?:[eE][-+]?[0-9]+)?|\.[0-9]+(?:[eE][-+]?[0-9]+)?|(?:[nN][aA][nN]|[iI][nN][fF](?:inity)?)(?![\w]))"
    r"|(?<=[nN])[aA][nN](?![\w])|(?<=[iI])[nN][fF](?:inity)?(?![\w])))"
)

MOST_NUMBERS = 200  # of a line that are looked at: what holds more is an array

_BAR = re.compile(r"%\s?\||\[[=>.#█ -]{5,}\]|[━╸╺█▏▎▍▌▋▊▉]{3,}|\[=+>")
_ABOUT = re.compile(r"(.+?)\s(?:at|after|in|for|on|@)\s(?:the\s)?\S+(?:\s\S+)?$", re.IGNORECASE)
_SAYS = re.compile(r"\s*[\])]?\s*(?:is|was|:|=|->|,|-)?\s*[$]?", re.IGNORECASE)
_NTH = re.compile(r"(?:st|nd|rd|th)?[ -]?([^\W\d_]+)")  # 1epoch, 3rd epoch
_DRAWN = re.compile(r"\s?%\s?[|━╸█▏▎▍▌▋▊▉#]")  # behind the percentage of a bar
_BAR_END = re.compile(r"(?:it/s|s/it|[a-z]+/s|s/[a-z]+|\?)(?:,[^\]]*)?\](?=\s*\S)")
_UNIT = re.compile(
    r"(?:%|°C|(?:ms|us|µs|μs|ns|s|sec|secs|m|min|h|hr|[KMGT]i?B?|B|x|k|px|it|its|tok|samples|examples|imgs?|images|batch|fps)(?:/(?:s|sec|it|iter|step|batch|epoch|sample|token))?)(?![\w])"
)
_WRAPPER = re.compile(
    r"(?:(?<![\w])(?:tensor|array|Tensor|DeviceArray|Array|Decimal|Variable|np\.\w+|numpy\.\w+|torch\.\w+|float\d*|mean|avg)?[(\[{]|['\"<$≈~`*])+$"
)
_SEPARATOR = re.compile(r"(?:\s*(?:[:=：＝→]|->|⇒|=>))+$")
_IS = re.compile(r"\s(?:is|was|are|at|of|は|が)$", re.IGNORECASE)
_DELIMITER = re.compile(
    r"[,;|\t(){}\[\]<>│┃║║！？!?\"“”、。・]|\s[-–—~•·»>*+&]+\s|^[-–—*•·»>]+\s|\s{2,}|:\s|:(?=\w+$)|：|[=→]|\.{2,}|(?<=[a-z]{5})\.\s(?=[A-Z])|\s/\s"
)
_IN_NAME = re.compile(r"([^\W\d][\w'./@%-]*(?:\s[\w./@%-]+)?)\s?[(\[]([\w\s./%@+-]{1,24})[)\]]$")
_EDGES = " \t'\"`#-–—.•*>»~^_:/\\"
_JOINED = re.compile(r"\s*[\])]*\s*(?:/|／|\bof\b|out of)\s*[\[(]*\s*$")
_MEAN_OPEN = re.compile(r"\s*%?\s*[(\[{]\s*(?:avg|average|mean|ave|median|running|ema)?\s*[.:=]?\s*$", re.IGNORECASE)
_MEAN_CLOSE = re.compile(r"\s*%?\s*[)\]}]")
_AFTER = re.compile(r"\s?%?\s?([^\W\d_][\w.@'/-]*(?: [^\W\d_][\w.@'/-]*){0,2})\s*(?=[,;|)\]\t]|\s[-–]\s|$|\s{2,})")
_COUNTER_WORD = re.compile(r"[\s\[(#*|-]*(epoch|iter(?:ation)?|step|エポック)[\s:#\[(=]*$", re.IGNORECASE)
_OPENING = re.compile(r"(?<![A-Za-z_])(epoch|iter(?:ation)?|step|エポック)[\s:#\[(=]*$", re.IGNORECASE)
_DURATION = re.compile(r"\s?(?:ms|us|µs|s|sec|secs|seconds?|mins?|minutes?|hours?|hrs?|h)\b(?!/)|\s?s/|\s?[KMG]i?B\b")
_SETTING = re.compile(r"(?<!loss)[:=]\s?['\"]?(?:True|False|None|[A-Za-z_./~][\w./~-]+)['\"]?[,)}]")
_CLOCK = re.compile(r"^\d{1,3}$")
_BOX = "|│┃║"


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


def shape_of(parts: Sequence[str]) -> Shape:
    """Read `parts`, a line split at `NUMBER`: text, number, text, …, text."""
    parts = parts[: 2 * MOST_NUMBERS + 1]
    line = "".join(parts)
    start = message_start(line)
    texts, first = _without_prefix(parts, start)
    cuts = _records_of(texts)
    shapes = []
    for begin, end in zip(cuts, [*cuts[1:], None], strict=True):
        until = len(texts) if end is None else end[0] + 1
        part = list(texts[begin[0] : until])
        if end is not None:
            part[-1] = part[-1][: end[1]]
        part[0] = part[0][begin[1] :] if begin[0] or begin[1] else part[0]
        numbers = parts[1::2][first + begin[0] : first + begin[0] + len(part) - 1]
        shapes.append(_Reading(part, numbers, first + begin[0]).shape())
    for shape, following in pairwise(shapes):
        shape.rest = following
    return shapes[0]


def _without_prefix(parts: Sequence[str], start: int) -> tuple[list[str], int]:
    """The texts of the message, and how many numbers stood before it."""
    texts = list(parts[0::2])
    if not start:
        return texts, 0
    at = 0
    for index, part in enumerate(parts):
        if at + len(part) > start or index == len(parts) - 1:
            if index % 2 == 0:
                return [part[max(0, start - at) :], *parts[index + 2 :: 2]], index // 2
            return ["", *parts[index + 1 :: 2]], index // 2
        at += len(part)
    return [""], len(texts) - 1


def _records_of(texts: Sequence[str]) -> list[tuple[int, int]]:
    """Where the records of a line begin, as (text, character): one, unless a counter word comes again after values or
    a finished bar is followed by something else.
    """
    cuts = [(0, 0)]
    opening = _COUNTER_WORD.match(texts[0])
    for index, text in enumerate(texts[:-1]):
        if opening is None or index < cuts[-1][0] + 2:
            continue
        # The word that opened the line opens a record again; inside a name (`global_step`) it does not.
        again = _OPENING.search(text)
        if again is not None and again[1] == opening[1]:
            cuts.append((index, len(text[: again.start(1)].rstrip(" [(#*-|"))))
    for index, text in enumerate(texts):
        if index and (found_end := _BAR_END.search(text)) is not None and (index, 0) > cuts[-1]:
            cuts.append((index, found_end.end()))
    return sorted(cuts)


class _Reading:
    """One record, read from left to right."""

    def __init__(self, texts: Sequence[str], numbers: Sequence[str], first: int) -> None:
        self.texts, self.numbers, self.first = texts, numbers, first
        self.result = Shape(numbers=len(numbers))
        self.roles: list[str] = []  # of the numbers so far: "", "epoch", "step", "total", "value", "lead"
        self.phase: str | None = None
        self.leads: list[int] = []  # bare numbers before anything named
        self.step_rank = 99
        self.plural = False
        self.ambiguous = False  # "Ep" may count episodes
        self.subject = ""  # "Cost" of "Cost after iteration 100: 0.64"
        self.begun = False  # something was named: a bare number is no counter any more

    def shape(self) -> Shape:
        result, texts, first = self.result, self.texts, self.first
        text = " ".join(texts)
        if is_settings(text):
            result.identity = "settings"
            return result
        result.identity = re.sub(r"[\s=>.#█━▏-]+", " ", text)
        result.bar = _BAR.search("0".join(texts)) is not None
        result.box = self._is_box()
        for slot in range(len(self.numbers)):
            outer = self.phase
            for phase in scopes(texts[slot]):
                self.phase = phase
            self.roles.append(self._role(slot))
            if (
                self.roles[-1] == "value"
                and only_phase(result.values[-1].name) is not None
                and result.values[-1].slot == first + slot
            ):
                self.phase = outer  # `val=0.25` names a number, not what follows it
            else:
                result.leads = result.leads or self.phase
        self._settle_values()
        if result.values:
            self._settle_leads()
        if not result.values and not result.box and result.step is not None and result.steps is None and self.plural:
            result.step = None  # "STEPS: 102000" is a setting
        if (
            not self.numbers
            and (section := re.fullmatch(r"\s*[|│┃║]\s*([\w-]+/)\s*[|│┃║]\s*[|│┃║]\s*", text)) is not None
        ):
            result.section = section[1]
        elif not result.values:
            result.heading = self._heading()
            result.unread = self._unread(text)
        return result

    def _is_box(self) -> bool:
        whole = "0".join(self.texts).strip()
        return (
            len(self.numbers) <= 2
            and whole[:1] in _BOX
            and sum(whole.count(c) for c in _BOX) == 3
            and whole[-1:] in _BOX
        )

    def _role(self, slot: int) -> str:
        left, right = self.texts[slot], self.texts[slot + 1]
        before = self.roles[slot - 1] if slot else ""
        if self._is_clock(slot) or (self.result.bar and _DRAWN.match(right)):
            return ""
        if slot and _JOINED.fullmatch(left):
            return self._total(slot, before)
        if slot and _MEAN_OPEN.fullmatch(left) and _MEAN_CLOSE.match(right) and self.result.values:
            value = self.result.values[-1]
            if before == "value" and value.slot == self.first + slot - 1:
                if not (right.lstrip().startswith("%") and "%" not in left):
                    value.mean = self.first + slot
                return ""
            if before == "of" and right.lstrip().startswith("%"):
                value.percent = self.first + slot
                return ""
        name, strong, opened = self._phrase(slot)
        if name:
            role = self._named(slot, name, strong)
            self.begun = self.begun or (role not in ("epoch", "step") and not _only_phases(left))
            if role or not _only_phases(left):
                return role
        return self._bare(slot, left, right, opened)

    def _is_clock(self, slot: int) -> bool:
        """Part of a time of day or a duration: 21:18:00."""
        numbers, texts = self.numbers, self.texts
        after = (
            slot + 1 < len(numbers)
            and texts[slot + 1] == ":"
            and _CLOCK.match(numbers[slot])
            and re.match(r"\d\d(?:\.\d+)?$", numbers[slot + 1])
        )
        behind = (
            slot
            and texts[slot] == ":"
            and re.match(r"\d\d(?:\.\d+)?$", numbers[slot])
            and _CLOCK.match(numbers[slot - 1])
        )
        return bool(after or behind) and not (after and counter(self._phrase(slot)[0]) is not None)

    def _total(self, slot: int, before: str) -> str:
        at, result = self.first + slot, self.result
        if before == "epoch":
            result.epochs = at
        elif before == "step" and result.step == at - 1:
            result.steps = at
        elif before == "value":
            result.values[-1].total = at
            return "of"
        return "total"

    def _phrase(self, slot: int) -> tuple[str, bool, bool]:
        """The words right before a number, whether a sign ties them to it, and whether a bracket opens between."""
        text = self.texts[slot]
        if slot and (unit := _UNIT.match(text)) is not None:
            text = text[unit.end() :]
        core = text.rstrip()
        opened = False
        while (wrapped := _WRAPPER.search(core)) is not None and wrapped.start() < len(core):
            opened = True
            core = core[: wrapped.start()].rstrip()
        separator = _SEPARATOR.search(core)
        strong = separator is not None
        if separator is not None:
            core = core[: separator.start()].rstrip()
        elif self.result.box:
            core, strong = core.rstrip(_BOX + " "), True
        elif (named := _IN_NAME.search(core)) is not None and (
            kind(named[1]) in CURVES or counter(named[1]) is not None
        ):
            name = named[1] if counter(named[1]) is not None else named[0]
            return name.strip(_EDGES), True, opened
        elif (verb := _IS.search(core)) is not None:
            core, strong = core[: verb.start()], False
        if strong and (named := _IN_NAME.search(core)) is not None:
            return named[0].strip(_EDGES), True, opened
        ends = 0
        core = core.rstrip("'\"`* ")
        for delimiter in _DELIMITER.finditer(core):
            ends = delimiter.end()
        phrase = core[ends:].strip(_EDGES)
        phrase = re.sub(r"^[^\w]+", "", phrase)
        return (phrase if re.search(r"[^\W\d_]", phrase) else ""), strong, opened

    def _named(self, slot: int, name: str, strong: bool) -> str:
        at, result = self.first + slot, self.result
        counts = counter(name)
        whole = "." not in self.numbers[slot].rstrip(".") or result.box
        if (
            counts is not None
            and not (name == "s" and not strong)
            and whole
            and not re.match(r"m?s\b", self.texts[slot + 1])
        ):
            self.plural = name.casefold().endswith("s") and counts[0] == "step"
            if (about := _ABOUT.match(name)) is not None and kind(about[1]) in CURVES:
                self.subject = about[1]
            self.ambiguous = self.ambiguous or (counts[0] == "epoch" and name.casefold() == "ep")
            return self._counter(at, *counts)
        if counts == ("epoch", 0):  # 0.25 of an epoch
            return self._counter(at, *counts)
        if not strong:
            name = trailing_name(name)
        if not name or len(name.split()) > 6 or len(name) > 80:
            return ""
        phase_only = only_phase(name)
        if (
            phase_only is not None
            and self.numbers[slot].isdigit()
            and self._opens_pair(slot + 1)
            and result.epoch is None
        ):
            result.epoch = at  # "Train: 3 [100/500]"
            return "epoch"
        if about_others(name) or _DURATION.match(self.texts[slot + 1]):
            return ""
        measured = kind(name)
        if measured in (Kind.TIME, Kind.COUNTER) or (
            phase_only is not None and measured is Kind.OTHER and self.numbers[slot].isdigit()
        ):
            return ""
        result.values.append(Value(at, name, None if own_phase(name) else self.phase, False, measured))
        return "value"

    def _opens_pair(self, slot: int) -> bool:
        return (
            slot + 1 < len(self.numbers)
            and self.texts[slot].strip() in ("[", "(")
            and self.texts[slot + 1].strip() == "/"
        )

    def _counter(self, at: int, what: str, rank: int) -> str:
        result = self.result
        if what == "epoch":
            if result.epoch is None:
                result.epoch = at
                return "epoch"
            return ""
        if rank < self.step_rank:
            self.step_rank, result.step, result.steps = rank, at, None
            result.rank = rank
            return "step"
        return ""

    def _bare(self, slot: int, left: str, right: str, opened: bool) -> str:
        """A number without a name before it."""
        at, result = self.first + slot, self.result
        if self.subject and self.roles and self.roles[-1] in ("epoch", "step", "total") and _SAYS.fullmatch(left):
            name, self.subject = self.subject, ""
            result.values.append(Value(at, name, None if own_phase(name) else self.phase, False, kind(name)))
            return "value"
        if result.epoch is None and self.numbers[slot].isdigit() and (glued := _NTH.match(right)) is not None:
            if counter(glued[1]) == ("epoch", 0):
                return self._counter(at, "epoch", 0)
        if right.lstrip(" ").startswith("%"):
            name = self._name_after(left, right)
            if name and kind(name) in CURVES:
                result.values.append(Value(at, name, None if own_phase(name) else self.phase, False, kind(name)))
                return "value"
            return ""
        name = self._name_after(left, right)
        if name:
            counts = counter(name)
            if (
                counts is not None
                and " " not in name
                and "/" not in name
                and self.numbers[slot].isdigit()
                and "step" not in self.roles
            ):
                return self._counter(at, *counts)
            if name.casefold() in ("avg", "average"):
                name = f"{name} loss"
            if kind(name) in CURVES or kind(name) is Kind.LEARNING_RATE:
                result.values.append(Value(at, name, None if own_phase(name) else self.phase, False, kind(name)))
                return "value"
        pair = slot + 1 < len(self.numbers) and self.texts[slot + 1].strip() == "/"
        if pair:
            counts = self._counts_after(slot + 1)
            if counts is not None:
                return self._counter(at, *counts)
        if pair and result.values and result.step is None and left.strip() == "[" and not result.bar:
            return self._counter(at, "step", 50)  # loss: 2.30  [   64/60000]
        if result.bar and pair and result.step is None and not left.rstrip().endswith("("):
            word = self.texts[0].casefold()
            if result.epoch is None and ("epoch" in word or "エポック" in word):
                return self._counter(at, "epoch", 0)
            return self._counter(at, "step", 50)
        previous = self.roles[-1] if self.roles else ""
        if (
            previous in ("epoch", "total")
            and not result.values
            and result.epoch is not None
            and result.step is None
            and (pair or opened)
        ):
            return self._counter(at, "step", 50)
        counted = any(role in ("epoch", "step") for role in self.roles)
        bare = not result.values and not self.begun and not counted
        if bare and self.numbers[slot].isdigit() and _is_lead(left, right, opened=opened):
            self.leads.append(slot)
            return "lead"
        return ""

    def _counts_after(self, slot: int) -> tuple[str, int] | None:
        """A counter named behind a pair: `200/2983 batches`."""
        if slot + 1 >= len(self.texts):
            return None
        after = re.match(r"\s?([^\W\d_]+)", self.texts[slot + 1])
        return counter(after[1]) if after else None

    def _name_after(self, left: str, right: str) -> str:
        if left.rstrip().endswith(("=", "(*", "±")) or (left and left[-1:].isalpha()):
            return ""
        after = _AFTER.match(right)
        return after[1].strip() if after else ""

    def _settle_leads(self) -> None:
        """Bare numbers at the start of the line: `[3][100/250]`, `[1, 2000]`, `100/500:`, `[100]`."""
        result, leads = self.result, self.leads
        if not leads:
            return
        if len(leads) >= 2 and result.epoch is None:
            result.epoch = self.first + leads[0]
            result.epochs = self._total_of(leads[0])
            if result.step is None:
                result.step, result.steps = self.first + leads[1], self._total_of(leads[1])
        elif result.step is None:
            result.step, result.steps = self.first + leads[0], self._total_of(leads[0])
            result.lead = result.steps is not None

    def _total_of(self, slot: int) -> int | None:
        return self.first + slot + 1 if slot + 1 < len(self.roles) and self.roles[slot + 1] == "total" else None

    def _settle_values(self) -> None:
        """What keeps company with a curve, a counter or equals signs is a series; a stray number is none."""
        result = self.result
        losses = any(v.kind is Kind.LOSS for v in result.values)
        seen: set[tuple[str | None, str]] = set()
        kept = []
        if self.ambiguous and any(v.kind is Kind.REWARD for v in result.values) and result.step is None:
            result.step, result.steps, result.epoch, result.epochs = result.epoch, result.epochs, None, None
        for value in result.values:
            phase = only_phase(value.name)
            if phase is not None and value.kind is Kind.OTHER:
                if not losses:
                    value.name, value.kind = f"{value.name} loss", Kind.LOSS
            elif value.phase is None and not own_phase(value.name):
                value.inherits = True
            if value.kind in (Kind.LEARNING_RATE, Kind.GRADIENT_NORM, Kind.TIME):
                value.phase, value.inherits = None, False
            if (value.phase, value.name) not in seen:
                seen.add((value.phase, value.name))
                kept.append(value)
        company = any(v.kind in CURVES for v in kept)
        result.values = [
            v
            for v in kept
            if v.kind is not Kind.OTHER or (company and len(v.name.split()) <= 3) or result.box
        ]  # fmt: skip

    def _heading(self) -> str | None:
        """The phase that a line without values announces: "Validation:", "***** Evaluating, Epoch 3/16 *****"."""
        if any(role not in ("epoch", "step", "total", "lead") for role in self.roles) or self.result.bar:
            return None
        text = " ".join(self.texts)
        said = re.findall(r"[^\W\d_][\w'-]*", text)
        named = set(scopes(text))
        if len(named) != 1 or len(said) > 5 or re.search(r"[=\"'`/\\](?=\w)|\w:\s*\w", text):
            return None
        short = len(said) <= 2 or (scope(said[0]) is not None and len(said) <= 3)
        decorated = re.match(r"\s*[-=*#>\[]{1,}", text) or text.rstrip().endswith((":", "...", "-", "=", "*", "#", "]"))
        return named.pop() if short or decorated else None

    def _unread(self, text: str) -> bool:
        if not self.numbers or self.result.bar or about_others(text):
            return False
        said = (word for word in re.findall(r"[^\W\d_][\w'-]+", text[:400]) if may_matter(word))
        return any(kind(word) in (Kind.LOSS, Kind.METRIC_UP) for word in islice(said, 20))


def is_settings(text: str) -> bool:
    """A line that lists how the script was called: it has no values of a curve."""
    return "Namespace(" in text or (len(text) > 60 and len(_SETTING.findall(text[:4000])) >= 3)


def _only_phases(text: str) -> bool:
    """`Test: [`: words that say whose batches are counted, and nothing else."""
    said = re.findall(r"[^\W\d_][\w'-]*", text)
    return bool(said) and all(scope(word) is not None for word in said)


def _is_lead(left: str, right: str, *, opened: bool) -> bool:
    bare = left.strip(" \t[(#|*-]),")
    if re.search(r"[^\W\d_]", bare) and not _only_phases(left):
        return False
    return opened or right[:1] in ":]|)\t/" or right.lstrip()[:1] in ("/", "]", ":", "|")
