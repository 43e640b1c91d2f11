"""The words beside a printed number: where its name begins and ends."""

import re
from collections.abc import Sequence

from .words import CURVES, counter, kind, scope

_UNIT = re.compile(
    r"(?:%|°C|(?:ms|us|µs|μs|ns|s|sec|secs|m|min|h|hr|[KMGT]i?B?|B|x|k|px|it|its|tok|samples|examples|imgs?|images|batch|fps)(?:/(?:s|sec|it|iter|step|batch|epoch|sample|token))?)(?![\w])"
)
_WRAPPER = re.compile(
    r"(?:(?<![\w])(?:tensor|array|Tensor|DeviceArray|Array|Decimal|Variable|np\.\w+|numpy\.\w+|torch\.\w+|float\d*|mean|avg)?[(\[{]|['\"<$≈~`*])+$"
)
_SEPARATOR = re.compile(r"(?:\s*(?:[:=：＝→]|->|⇒|=>))+$")
_IS = re.compile(r"\s(?:is|was|are|at|of|reached|は|が)$", re.IGNORECASE)
_DELIMITER = re.compile(
    r"[,;|\t(){}\[\]<>│┃║║！？!?\"“”、。・]|\s[-–—~•·»>*+&]+\s|^[-–—*•·»>]+\s|\s{2,}|:\s|:(?=\w+$)|：|[=→]|\.{2,}|(?<=[a-z]{5})\.\s(?=[A-Z])|\s/\s"
)
_IN_NAME = re.compile(r"([^\W\d][\w'./@%-]*(?:\s[\w./@%-]+)?)\s?[(\[]([\w\s./%@+-]{1,24})[)\]]$")
_AFTER = re.compile(r"\s?%?\s?([^\W\d_][\w.@'/-]*(?: [^\W\d_][\w.@'/-]*){0,2})\s*(?=[,;|)\]\t]|\s[-–]\s|$|\s{2,})")
_SETTING = re.compile(r"(?<!loss)[:=]\s?['\"]?(?:True|False|None|[A-Za-z_./~][\w./~-]+)['\"]?[,)}]")
_CLOCK = re.compile(r"\d{1,3}")
_MINUTES = re.compile(r"\d\d(?:\.\d+)?")
_EDGES = " \t'\"`#-–—.•*>»~^_:/\\"
BOX = "|│┃║"  # what draws the columns of a box


def phrase_before(text: str, *, first: bool, box: bool) -> tuple[str, bool, bool]:
    """The words right before a number, whether a sign ties them to it, and whether a bracket opens between.

    `first`: no number stands before `text`; `box`: it is a row of a boxed table.
    """
    if not first and (unit := _UNIT.match(text)) is not None:
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
    elif box:
        core, strong = core.rstrip(BOX + " "), True
    elif (named := _IN_NAME.search(core)) is not None and (kind(named[1]) in CURVES or counter(named[1]) is not None):
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


def is_clock(texts: Sequence[str], numbers: Sequence[str], slot: int) -> bool:
    """Part of a time of day or a duration: 21:18:00. `Epoch 3:10` is none."""
    after = slot + 1 < len(numbers) and texts[slot + 1] == ":" and _pairs(numbers[slot], numbers[slot + 1])
    behind = slot > 0 and texts[slot] == ":" and _pairs(numbers[slot - 1], numbers[slot])
    if after and counter(phrase_before(texts[slot], first=not slot, box=False)[0]) is not None:
        return False
    return after or behind


def _pairs(hours: str, minutes: str) -> bool:
    return _CLOCK.fullmatch(hours) is not None and _MINUTES.fullmatch(minutes) is not None


def name_after(left: str, right: str) -> str:
    """The words behind a number that has none before it: `0.001 rate,`."""
    if left.rstrip().endswith(("=", "(*", "±")) or (left and left[-1:].isalpha()):
        return ""
    after = _AFTER.match(right)
    return after[1].strip() if after else ""


def is_settings(text: str) -> bool:
    """A line that lists how the script was called: it has no values of a curve."""
    return "Namespace(" in text or (len(text) > 60 and len(_SETTING.findall(text[:4000])) >= 3)


def only_phases(text: str) -> bool:
    """`Test: [`: words that say whose batches are counted, and nothing else."""
    said = re.findall(r"[^\W\d_][\w'-]*", text)
    return bool(said) and all(scope(word) is not None for word in said)


def is_lead(left: str, right: str, *, opened: bool) -> bool:
    """Whether a bare number stands where a counter does: `[3][100/250]`, `100/500:`."""
    bare = left.strip(" \t[(#|*-]),")
    if re.search(r"[^\W\d_]", bare) and not only_phases(left):
        return False
    if not bare and re.match(r"\s\[[^\W\d_]", right):  # `0 [D loss: 0.7, acc.: 50.00%]`
        return True
    return opened or right[:1] in ":]|)\t/" or right.lstrip()[:1] in ("/", "]", ":", "|")
