"""One record of a printed line, read from left to right: what each of its numbers is."""

import re
from collections.abc import Sequence
from itertools import islice

from ...evidence.names import Kind
from .phrase import BOX, is_clock, is_lead, is_settings, name_after, only_phases, phrase_before
from .shape import Shape, Value
from .words import CURVES, about_others, counter, kind, may_matter, only_phase, own_phase, scope, scopes, trailing_name

_BAR = re.compile(r"%\s?\||\[[=>.#█ -]{5,}\]|[━╸╺█▏▎▍▌▋▊▉]{3,}|\[=+>")
_ABOUT = re.compile(r"(.+?)\s(?:at|after|in|for|on|@)\s(?:the\s)?\S+(?:\s\S+)?$", re.IGNORECASE)
_SAYS = re.compile(r"\s*[\])]?\s*(?:is|was|:|=|->|,|-)?\s*[$]?", re.IGNORECASE)
_NTH = re.compile(r"(?:st|nd|rd|th)?[ -]?([^\W\d_]+)")  # 1epoch, 3rd epoch
_DRAWN = re.compile(r"\s?%\s?[|━╸█▏▎▍▌▋▊▉#]")  # behind the percentage of a bar
_JOINED = re.compile(r"\s*[\])]*\s*(?:/|／|\bof\b|out of)\s*[\[(]*\s*$")
_MEAN_OPEN = re.compile(r"\s*%?\s*[(\[{]\s*(?:avg|average|mean|ave|median|running|ema)?\s*[.:=]?\s*$", re.IGNORECASE)
_MEAN_CLOSE = re.compile(r"\s*%?\s*[)\]}]")
_PATH = re.compile(r"(?:^|[\s'\"(=])(?:~|\.{1,2})?/[^\s/]+/\S*$")
_ENDING = re.compile(r"([^\W\d_]+)(?:\s(?:metrics|results|scores|stats|statistics|performance|set))?\s*:\s*$")
_DURATION = re.compile(r"\s?(?:ms|us|µs|s|sec|secs|seconds?|mins?|minutes?|hours?|hrs?|h)\b(?!/)|\s?s/|\s?[KMG]i?B\b")


class Reading:
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
        self.in_path = False  # of a file, which repeats numbers
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
            len(self.numbers) <= 2 and whole[:1] in BOX and sum(whole.count(c) for c in BOX) == 3 and whole[-1:] in BOX
        )

    def _role(self, slot: int) -> str:
        left, right = self.texts[slot], self.texts[slot + 1]
        self.in_path = _PATH.search(left) is not None or (self.in_path and not re.search(r"\s", left))
        if self.in_path:
            return ""
        before = self.roles[slot - 1] if slot else ""
        if is_clock(self.texts, self.numbers, slot) or (self.result.bar and _DRAWN.match(right)):
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
        name, strong, opened = phrase_before(left, first=not slot, box=self.result.box)
        if name:
            role = self._named(slot, name, strong)
            self.begun = self.begun or (role not in ("epoch", "step") and not only_phases(left))
            if role or not only_phases(left):
                return role
        return self._bare(slot, left, right, opened)

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

    def _named(self, slot: int, name: str, strong: bool) -> str:
        at, result = self.first + slot, self.result
        counts = counter(name)
        if counts is None and (about := _ABOUT.match(name)) is not None and kind(about[1]) in CURVES:
            counts = counter(name.rsplit(maxsplit=1)[-1])  # "Loss after epoch 3: 0.64"
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
        glued = _NTH.match(right)
        if glued is not None and counter(glued[1]) == ("epoch", 0) and self.numbers[slot].isdigit():
            return self._counter(at, "epoch", 0)
        if right.lstrip(" ").startswith("%"):
            name = name_after(left, right)
            if name and kind(name) in CURVES:
                result.values.append(Value(at, name, None if own_phase(name) else self.phase, False, kind(name)))
                return "value"
            return ""
        name = name_after(left, right)
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
        if bare and self.numbers[slot].isdigit() and is_lead(left, right, opened=opened):
            self.leads.append(slot)
            return "lead"
        return ""

    def _counts_after(self, slot: int) -> tuple[str, int] | None:
        """A counter named behind a pair: `200/2983 batches`."""
        if slot + 1 >= len(self.texts):
            return None
        after = re.match(r"\s?([^\W\d_]+)", self.texts[slot + 1])
        return counter(after[1]) if after else None

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
        text = " ".join(self.texts)
        ending = None if self.result.bar else _ENDING.search(text)  # "Epoch 3 - took 2.1 s - val metrics:"
        if ending is not None and (phase := scope(ending[1])) is not None:
            return phase
        if any(role not in ("epoch", "step", "total", "lead") for role in self.roles) or self.result.bar:
            return None
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
