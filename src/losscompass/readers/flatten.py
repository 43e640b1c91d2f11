"""One logged dict, nested or not, as flat (name, value) pairs."""

from collections.abc import Iterator, Mapping

_DEPTH = 8
_LIST = 16  # a longer list is data, not one number a group
_STATISTICS = frozenset(("num", "mean", "std", "min", "max", "count", "sum", "median", "var", "n"))


def flatten(row: Mapping[str, object], prefix: str = "", depth: int = 0) -> Iterator[tuple[str, object]]:
    """Nested names are joined by "/"; a dict of statistics (`{num, mean, std}`) is its mean.

    A list of a few numbers gives one name each (`lr/0`, `lr/1`), a list of one is that number.
    """
    for key, value in row.items():
        name = f"{prefix}/{key}" if prefix else str(key)
        if isinstance(value, Mapping):
            if "mean" in value and _STATISTICS.issuperset(map(str, value)):
                yield name, value["mean"]
            elif depth < _DEPTH:
                yield from flatten(value, name, depth + 1)
            else:
                yield name, value
        elif isinstance(value, list):
            if len(value) == 1 and not isinstance(value[0], (list, Mapping)):
                yield name, value[0]
            elif len(value) <= _LIST and all(isinstance(item, (int, float)) for item in value):
                for index, item in enumerate(value):
                    yield f"{name}/{index}", item
            else:
                yield name, value
        else:
            yield name, value
