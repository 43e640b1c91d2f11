"""What the words around a printed number say: a counter, a phase, a measure, or nothing."""

import re
from functools import lru_cache

from ...evidence import vocabulary as v
from ...evidence.names import Kind, role_of
from ...evidence.tokens import words as tokens


def _words(text: str) -> list[str]:
    return text.split()


CURVES = frozenset((Kind.LOSS, Kind.LOSS_PART, Kind.METRIC_UP, Kind.METRIC_DOWN, Kind.REWARD))

_EPOCH = frozenset(
    (
        "epoch", "ep", "epo", "currentepoch", "epochnum", "epochnumber", "epochidx", "trainepoch", "trainingepoch", "globalepoch",
        "エポック", "エポック数", "epoche", "época", "epoca", "époque", "epoque", "эпоха", "轮次", "에포크", "에폭", "第",
    )
)  # fmt: skip
# In the order of preference: what counts the whole run before what may count within an epoch.
_STEP = (
    "globalstep", "globalsteps", "globaliter", "globaliteration", "totaltimesteps", "timestepstotal", "totalnumsteps", "numtimesteps",
    "timesteps", "timestep", "totalenvsteps", "envsteps", "currentstep", "trainstep", "trainerglobalstep", "numupdates", "updates", "nupdates",
    "step", "steps", "s", "iter", "iters", "iteration", "iterations", "it", "itr", "update", "generation", "gen", "kimg", "tick", "round",
    "boostinground", "ステップ", "ステップ数", "反復", "反復回数", "イテレーション", "步数", "迭代", "스텝", "schritt", "étape", "paso", "passo", "шаг",
    "batch", "batches", "batchidx", "minibatch", "microstep", "バッチ", "episode", "episodes", "ep.", "エピソード", "trial", "game", "games",
)  # fmt: skip
_STEP_RANK = {name: rank for rank, name in enumerate(_STEP)}
# Words beside a counter that make it a setting or a report about another moment.
_NOT_NOW = frozenset(
    _words(
        "best num number total max maximum min early stop stopping stopped patience wait remaining warmup per left log logging save "
        "saving interval freq frequency every each bad n time size last previous prev final next resume resumed resuming no "
        "since duration length took eta speed sec second seconds loss lr rate"
    )
)
_SCOPE = {
    **dict.fromkeys(("train", "training", "trn", "学習", "訓練", "トレーニング", "学習中"), "train"),
    **dict.fromkeys(
        ("val", "valid", "validation", "validate", "validating", "dev", "development", "crossval", "eval", "evaluation", "evaluating", "evaluate", "検証", "評価", "バリデーション", "验证"),
        "val",
    ),
    **dict.fromkeys(("test", "testing", "tst", "テスト", "测试"), "test"),
}  # fmt: skip
_PHASE_WORDS = v.TRAIN | v.VALIDATION | v.TEST
_KNOWN = (
    v.TRAIN | v.VALIDATION | v.TEST | v.LOSS | frozenset(v.NAMED_LOSS) | frozenset(v.LOSS_TERM) | frozenset(v.METRIC_UP) | frozenset(v.METRIC_DOWN)
    | v.REWARD | v.LEARNING_RATE | v.GRADIENT | v.NORM | v.VARIANT | v.ADVERSARIAL | v.NEUTRAL
)  # fmt: skip
_STRAY = frozenset(
    _words(
        "of on in for a an the all at after before by to from with is and or per each every as full model data dataset"
    )
)
_A_RECORD_OF_OTHERS = frozenset(
    _words(
        "best lowest highest minimum maximum min max improved improve improvement previous prev target threshold patience bestsofar "
        "final baseline limit so weight weights coef coefficient lambda scale smoothing decay mult multiplier mul factor momentum"
    )
)
_WORD = re.compile(r"[^\W\d_][\w'’@./-]*")


_SPEAKING = frozenset(
    word
    for word in (*_KNOWN, *_EPOCH, *_STEP, *_SCOPE, *v.COUNTED)
    if word.isascii() and word not in v.NEUTRAL and (len(word) > 1 or word in ("s", "d", "g"))
)
_INSIDE = ("loss", "acc", "epo", "step", "iter", "rew", "err", "score", "map", "rate", "perp", "ppl", "auc")
_ASCII_WORD = re.compile(r"[a-z]+[0-9]*")


def may_matter(line: str) -> bool:
    """Whether a line holds a word of training at all: quickly, for the many lines that hold none."""
    if not line.isascii():
        return True
    low = line.lower()
    return any(piece in low for piece in _INSIDE) or not _SPEAKING.isdisjoint(_ASCII_WORD.findall(low))


@lru_cache(maxsize=8192)
def counter(name: str) -> tuple[str, int] | None:
    """("epoch", 0) or ("step", rank) if the phrase is a counter of where training stands; None if it is not."""
    said = [w for w in re.split(r"[\s_/.-]+", name.casefold().strip(" #.")) if w]
    if not said or len(said) > 6:
        return None
    key = "".join(said)
    if key in _EPOCH:
        return "epoch", 0
    if key in _STEP_RANK:
        return "step", _STEP_RANK[key]
    if set(said) & _NOT_NOW or (" " not in name and any(_SCOPE.get(word, "train") != "train" for word in said)):
        return None  # "test_iter" is a setting, "Test after epoch 3" is not
    if said[-1] in _EPOCH:
        return "epoch", 0
    if len(said) >= 2 and said[-2] + said[-1] in _STEP_RANK:
        return "step", _STEP_RANK[said[-2] + said[-1]]
    if said[-1] in _STEP_RANK and len(said[-1]) > 1 and not said[-1].endswith("s"):
        return "step", _STEP_RANK[said[-1]]
    return None


@lru_cache(maxsize=8192)
def scope(word: str) -> str | None:
    """The phase that a word standing by itself announces for what follows."""
    return _SCOPE.get(re.sub(r"(?:'s|’s)$", "", word.casefold().strip(".:'")))


def scopes(text: str) -> list[str]:
    """The phases that the words of a text announce, in their order."""
    if "aving dict for" in text:  # how TensorFlow's estimators announce what an evaluation measured
        return ["val"]
    return [found for word in _WORD.findall(text) if (found := scope(word)) is not None] or _unspaced(text)


def _unspaced(text: str) -> list[str]:
    if text.isascii():
        return []
    return [phase for word, phase in _SCOPE.items() if not word.isascii() and re.search(rf"{word}(?!\w)", text)][:1]


@lru_cache(maxsize=8192)
def kind(name: str) -> Kind:
    """What the name measures."""
    said = tokens(name)
    if "per" in said and len(said) > 1:  # a rate of something, not a phoneme error rate
        return Kind.OTHER
    if said == ("r",) or "return_value" in name.casefold():  # in a program's text, no reward
        return Kind.OTHER
    return role_of(name)[1].kind


@lru_cache(maxsize=8192)
def own_phase(name: str) -> bool:
    """Whether the name itself says whose data it is of."""
    return bool(set(tokens(name)) & _PHASE_WORDS)


def own_epoch(name: str) -> bool:
    """Whether the name itself says that it is of a whole epoch."""
    return "epoch" in tokens(name)


@lru_cache(maxsize=8192)
def only_phase(name: str) -> str | None:
    """The phase, if the name says nothing else: `learn: 0.61`."""
    said = tokens(name)
    if len(said) != 1:
        return None
    return (
        "train" if said[0] in v.TRAIN else "val" if said[0] in v.VALIDATION else "test" if said[0] in v.TEST else None
    )


@lru_cache(maxsize=8192)
def about_others(name: str) -> bool:
    """A number about other numbers of the log, or a setting: the best so far, a weight, a target."""
    return bool({w.casefold() for w in re.split(r"[\W_]+", name)} & _A_RECORD_OF_OTHERS)


@lru_cache(maxsize=8192)
def trailing_name(phrase: str) -> str:
    """The name at the end of a phrase that no punctuation closes ("Train loss", "saved, ppl"): "" if there is none."""
    said = phrase.split()
    if not said:
        return ""
    name = ""
    if said[-1].casefold() in ("return", "returns"):  # a statement, not a name
        return ""
    for length in (1, 2):
        candidate = " ".join(said[-length:])
        if len(said) >= length and _measures(candidate):
            name = candidate
            break
    if not name:
        last = said[-1]
        plain = re.fullmatch(r"[A-Za-z_][\w./@-]{0,40}", last) is not None and re.search(r"[_/\d]", last) is not None
        return last if len(said) == 1 and (only_phase(last) or plain) else ""
    rest = said[: len(said) - len(name.split())]
    if rest and kind(f"{rest[-1]} {name}") in (Kind.TIME, Kind.COUNTER):  # "time cost 80 s"
        return ""
    while rest and len(name.split()) < 5 and _belongs(rest[-1]):
        name = f"{rest.pop()} {name}"
    return name


def _measures(candidate: str) -> bool:
    return kind(candidate) in CURVES or kind(candidate) in (Kind.LEARNING_RATE, Kind.GRADIENT_NORM)


def _belongs(word: str) -> bool:
    said = tokens(word)
    bare = word.casefold().strip(".:'")
    return bool(said) and bare not in _STRAY and counter(bare) is None and all(w in _KNOWN for w in said)
