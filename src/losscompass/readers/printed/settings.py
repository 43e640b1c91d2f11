"""Settings that a script prints before it trains: `Namespace(lr=0.1, batch_size=32)`, `batch size: 32`."""

import re
from collections.abc import Iterator

# What a rule or a remedy can use, under one name.
_NAMES = {
    **dict.fromkeys(("batchsize", "trainbatchsize", "perdevicetrainbatchsize", "bs"), "batch_size"),
    **dict.fromkeys(("lr", "learningrate", "baselr"), "learning_rate"),
    **dict.fromkeys(("epochs", "numepochs", "maxepochs", "nepochs", "numtrainepochs"), "epochs"),
    **dict.fromkeys(("optimizer", "optim", "opt"), "optimizer"),
    **dict.fromkeys(("numclasses", "nclasses", "classes", "nc"), "classes"),
    **dict.fromkeys(("model", "arch", "modelname", "modelnameorpath"), "model"),
    **dict.fromkeys(("weightdecay", "wd"), "weight_decay"),
    "dropout": "dropout",
    "seed": "seed",
}
_PAIR = re.compile(
    r"(?<![\w.])([A-Za-z][A-Za-z_ -]{0,40})['\"]?\s?[=:]\s?['\"]?([A-Za-z][\w./-]{0,60}|[-+]?\d[\d.eE+-]{0,20})(?![\w(\[])"
)
_NUMBERS = frozenset(("batch_size", "learning_rate", "epochs", "classes", "weight_decay", "dropout", "seed"))


def settings_of(line: str) -> Iterator[tuple[str, str | float | int]]:
    """The settings a line tells, under their common names."""
    if "=" not in line and ":" not in line:
        return
    for found in _PAIR.finditer(line[:8000]):
        name = _NAMES.get(re.sub(r"[\s_-]+", "", found[1].casefold()))
        if name is None:
            continue
        text = found[2].rstrip(".-")
        if name not in _NUMBERS:
            if not text[:1].isdigit() and text not in ("None", "True", "False"):
                yield name, text
            continue
        try:
            number = float(text)
        except ValueError:
            continue
        yield (
            name,
            int(number) if number.is_integer() and name not in ("learning_rate", "dropout", "weight_decay") else number,
        )
