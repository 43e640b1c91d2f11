"""The targets alone, of any data set the audit can open: for judging a value against them."""

import numpy as np

from .cells import labels_of
from .extra import require
from .roles import roles_of
from .sources import open_source


def targets_of(path: str, column: str | None) -> tuple[str, np.ndarray]:
    """The name of the column and its values, shape (rows,), as numbers or text; rows without one are left out.

    Without a name the column is the one that the format or its name says is the target, else the last. Raises `DataError`.
    """
    require("polars", "sklearn")
    table = open_source(path)
    name = roles_of(table, column, None, None).target if len(table.columns) > 1 or column else None
    name = name or table.names[-1]
    values = np.concatenate([labels_of(batch, table, name) for batch in table.batches()])
    if values.dtype.kind == "f":
        return name, values[~np.isnan(values)]
    return name, np.array([value for value in values.tolist() if value is not None], dtype=np.str_)
