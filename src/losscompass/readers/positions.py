"""Which column of a table says where a row stands: its step, its epoch, its time. Found by name, in many languages."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from jaxtyping import Float

# In the order of preference: a log that holds several of them is read along the first that moves.
_STEP_NAMES = (
    *(
        "globalstep",
        "globalsteps",
        "step",
        "steps",
        "currentstep",
        "currentsteps",
        "trainstep",
        "trainsteps",
        "stepnum",
    ),
    *(
        "totaltimesteps",
        "timestepstotal",
        "timesteps",
        "timestep",
        "numtimesteps",
        "totalnumsteps",
        "envstep",
        "envsteps",
    ),
    *(
        "globaliter",
        "globaliteration",
        "trainingiteration",
        "iteration",
        "iterations",
        "iter",
        "iters",
        "niter",
        "numiter",
        "it",
        "its",
    ),
    *(
        "ステップ",
        "ステップ数",
        "反復",
        "反復回数",
        "イテレーション",
        "更新回数",
        "学習回数",
        "步数",
        "步",
        "迭代",
        "迭代次数",
        "스텝",
    ),
    *("schritt", "étape", "etape", "paso", "pasos", "iteración", "iteracion", "passo", "шаг", "итерация"),
    *("update", "updates", "nupdates", "numupdates", "updatestep", "gradientstep", "gradientsteps", "optimizerstep"),
    *("kimg", "samples", "samplesseen", "nsamples", "tokens", "tokensseen", "numtokens", "totaltokens", "images"),
    *("trees", "ntrees", "nestimators", "numberoftrees", "boostinground", "round", "rounds", "generation"),
    *("batch", "batches", "batchidx", "batchnum", "batchid", "minibatch", "バッチ", "局所ステップ"),
    *("episode", "episodes", "nepisodes", "numepisodes", "episodenum", "エピソード", "trial", "trials"),
)
_EPOCH_NAMES = (
    *(
        "epoch",
        "epochs",
        "currentepoch",
        "epochnum",
        "epochidx",
        "epochnumber",
        "epochid",
        "nepoch",
        "nepochs",
        "numepoch",
    ),
    *(
        "numepochs",
        "ep",
        "エポック",
        "エポック数",
        "epoche",
        "epochen",
        "época",
        "epoca",
        "époque",
        "epoque",
        "эпоха",
        "эпохи",
    ),
    *("轮次", "轮数", "回合", "에포크", "에폭"),
)
_TIME_NAMES = (
    *(
        "timestamp",
        "walltime",
        "time",
        "datetime",
        "date",
        "unixtime",
        "createdat",
        "loggedat",
        "ts",
        "日時",
        "時刻",
        "时间",
    ),
)
_INDEX_NAMES = frozenset(("", "unnamed0", "index", "id", "no", "row", "rownum", "番号", "行", "序号"))

_STEP_RANK = {name: rank for rank, name in enumerate(_STEP_NAMES)}
_EPOCH_RANK = {name: rank for rank, name in enumerate(_EPOCH_NAMES)}
_TIME_RANK = {name: rank for rank, name in enumerate(_TIME_NAMES)}

# Seconds since 1970 between September 2001 and the year 2286; a thousand times as much if it is in milliseconds.
_EARLIEST, _LATEST = 1e9, 1e10


@dataclass(frozen=True, slots=True)
class Positions:
    """The names of the columns that say where a row stands; None where the table has none."""

    step: str | None
    epoch: str | None
    time: str | None
    index: str | None  # a nameless column that just counts the rows

    @property
    def all(self) -> frozenset[str]:
        """The columns that are positions, not values."""
        return frozenset(name for name in (self.step, self.epoch, self.time, self.index) if name is not None)


@lru_cache(maxsize=4096)
def position_key(name: str) -> str:
    """The bare word of a column's name: `trainer/global_step` → `globalstep`, `Epoch #` → `epoch`."""
    text = unicodedata.normalize("NFKC", name).casefold()
    text = re.sub(r"\([^()]*\)|\[[^\[\]]*\]", "", text)
    text = re.split(r"[/.:|]", text.strip().rstrip("/.:|"))[-1]
    return re.sub(r"[\W_]+", "", text)


def is_position_name(name: str) -> bool:
    """Whether the name alone says "step" or "epoch" (in any language)."""
    key = position_key(name)
    return key in _STEP_RANK or key in _EPOCH_RANK


def find_positions(columns: Mapping[str, Float[np.ndarray, " n"]]) -> Positions:
    """Choose the step, epoch and time columns among `columns` (NaN where a row does not have the number)."""
    keys = {name: position_key(name) for name in columns}
    step = _best(columns, keys, _STEP_RANK, _moves)
    epoch = _best(columns, keys, _EPOCH_RANK, _counts)
    time = _best(columns, keys, _TIME_RANK, _is_clock)
    index = None
    if step is None and epoch is None:
        index = next((n for n, key in keys.items() if key in _INDEX_NAMES and _is_index(columns[n])), None)
    return Positions(step, epoch, time, index)


def seconds(column: Float[np.ndarray, " n"]) -> Float[np.ndarray, " n"]:
    """A clock column as seconds since 1970."""
    finite = column[np.isfinite(column)]
    thousands = 0
    while finite.size and float(np.median(finite)) / 1000.0**thousands > _LATEST and thousands < 3:
        thousands += 1
    return column / 1000.0**thousands


def _best(
    columns: Mapping[str, np.ndarray],
    keys: Mapping[str, str],
    ranks: Mapping[str, int],
    fits: Callable[[np.ndarray], bool],
) -> str | None:
    named = sorted((ranks[key], len(name), name) for name, key in keys.items() if key in ranks)
    fitting = [name for _, _, name in named if fits(columns[name])]
    # A position that most rows lack (a step logged with the validation rows only) yields to one that they have.
    full = [name for name in fitting if np.isfinite(columns[name]).mean() > 0.5]
    return next(iter(full or fitting), None)


def _counts(column: np.ndarray) -> bool:
    finite = column[np.isfinite(column)]
    return finite.size > 0 and bool(np.all(finite >= -1.0)) and bool(np.all(finite < 2.0**53))


def _moves(column: np.ndarray) -> bool:
    """A position moves: `total_steps`, the same in every row, is none. More often than not it moves up."""
    if not _counts(column):
        return False
    finite = column[np.isfinite(column)]
    if finite.size == 1:
        return True
    change = np.diff(finite)
    return bool(np.any(change != 0)) and int(np.count_nonzero(change > 0)) >= int(np.count_nonzero(change < 0))


def _is_clock(column: np.ndarray) -> bool:
    finite = column[np.isfinite(column)]
    if not finite.size:
        return False
    middle = float(np.median(finite))
    return any(_EARLIEST <= middle / scale <= _LATEST for scale in (1.0, 1e3, 1e6, 1e9))


def _is_index(column: Float[np.ndarray, " n"]) -> bool:
    change = np.diff(column)
    return column.size > 0 and column[0] >= 0.0 and bool(np.all(change == change[:1])) and bool(np.all(change > 0.0))
