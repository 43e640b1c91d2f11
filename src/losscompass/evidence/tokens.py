"""From the spelling of a name to its words: `valLoss`, `val_loss`, `VAL-LOSS` and `val/loss` are all `val` `loss`."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from . import vocabulary as v

MAX_NAME = 200  # characters of a name that are looked at; the rest of a longer one is no word

_CJK = r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u30fc]+"
_PIECE = re.compile(
    rf"{_CJK}"
    r"|[^\W\d_\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+"  # letters of any other script
    r"|\d+"
)
_POSSESSIVE = re.compile(r"['’]s\b")  # LightGBM: "training's rmse"
_THRESHOLD = re.compile(r"@\s?0?\.(\d\d?)(?:\s?[:-]\s?0?\.(\d\d))?")  # mAP@.5:.95 is mAP50-95
_CAMEL = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[A-Z]+")

_KNOWN = frozenset().union(
    v.TRAIN, v.VALIDATION, v.TEST, v.LOSS, v.NAMED_LOSS, v.LOSS_TERM, v.METRIC_UP, v.METRIC_DOWN, v.REWARD,
    v.LEARNING_RATE, v.GRADIENT, v.NORM, v.TIME, v.COUNTER, v.NO_CURVE, v.VARIANT, v.NEUTRAL, v.ADVERSARIAL,
)  # fmt: skip
_LONGEST = max(map(len, _KNOWN))
_SHORTEST = 3  # letters of a compound: G_B is no gigabyte
_SHORT = frozenset(w for w in _KNOWN if len(w) == 2 and w[1].isdigit())  # f1, l2, r2
_CJK_WORDS = sorted((w for w in _KNOWN if re.fullmatch(_CJK, w)), key=len, reverse=True)
_GLUED_TAIL = ("loss", "accuracy", "acc")
_GLUED_HEAD = sorted((*v.TRAIN, *v.VALIDATION, *v.TEST), key=len, reverse=True)


@lru_cache(maxsize=4096)
def words(raw: str) -> tuple[str, ...]:
    """The words of a name: known compounds joined (`log` `loss` → `logloss`), everything else in its pieces."""
    text = _POSSESSIVE.sub("", unicodedata.normalize("NFKC", raw[:MAX_NAME]))
    text = _THRESHOLD.sub(lambda found: found[1].ljust(2, "0") + (found[2] or ""), text)
    return tuple(_join(_pieces(text)))


def path(raw: str) -> tuple[str, ...]:
    """The words of each part of a name between slashes, joined with `_`: empty parts dropped."""
    parts = ("_".join(words(part)) for part in unicodedata.normalize("NFKC", raw[:MAX_NAME]).split("/"))
    return tuple(part for part in parts if part)


def _pieces(text: str) -> list[str]:
    found: list[str] = []
    for piece in _PIECE.findall(text):
        if piece[0].isdigit():
            # A number belongs to the letters right before it: top1, map50, g0.
            found.append(piece)
        elif not piece.isascii():
            found.extend(_unspaced(piece.casefold()))
        else:
            found.extend(_unglued(piece))
    return found


def _unglued(piece: str) -> list[str]:
    if piece.casefold() in _KNOWN:
        return [piece.casefold()]
    found: list[str] = []
    for part in _CAMEL.findall(piece) or [piece]:
        word = part.casefold()
        if word in _KNOWN:
            found.append(word)
            continue
        for tail in _GLUED_TAIL:  # trainloss, cutloss, valacc
            head = word[: -len(tail)]
            if word.endswith(tail) and head and (len(head) >= 2 or tail == "loss"):
                found += [head, tail]
                break
        else:
            head = next((h for h in _GLUED_HEAD if len(h) > 2 and word.startswith(h) and word[len(h) :] in _KNOWN), "")
            found += [head, word[len(head) :]] if head else [word]
    return found


def _unspaced(piece: str) -> list[str]:
    """Words of a script that has no spaces: known ones cut out, what is between them left as it is."""
    found: list[str] = []
    rest = ""
    at = 0
    while at < len(piece):
        word = next((w for w in _CJK_WORDS if piece.startswith(w, at)), "")
        if word:
            if rest:
                found.append(rest)
            found.append(word)
            rest = ""
            at += len(word)
        else:
            rest += piece[at]
            at += 1
    if rest:
        found.append(rest)
    return found


def _join(pieces: Sequence[str]) -> list[str]:
    """Greedy: the longest run of pieces that together spell a known word is that word."""
    found: list[str] = []
    at = 0
    while at < len(pieces):
        for stop in range(min(len(pieces), at + 6), at + 1, -1):
            word = "".join(pieces[at:stop])
            if (_SHORTEST <= len(word) <= _LONGEST and word in _KNOWN) or word in _SHORT:
                found.append(word)
                at = stop
                break
        else:
            if (
                at + 1 < len(pieces)
                and pieces[at + 1].isdigit()
                and not pieces[at].isdigit()
                and len(pieces[at]) <= 3
                and (pieces[at] not in _KNOWN or pieces[at] in v.ADVERSARIAL)
            ):
                found.append(pieces[at] + pieces[at + 1])  # g0, q1, pg0
                at += 2
            else:
                found.append(pieces[at])
                at += 1
    return found
