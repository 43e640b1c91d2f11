"""The packages of the extra `data`, asked for in one place so that their absence is told in one sentence."""

from importlib import import_module
from importlib.util import find_spec

from .errors import DataError

PACKAGES = {"polars": "polars", "sklearn": "scikit-learn"}
"""Name of the import → name of the package."""


def require(*modules: str) -> None:
    """Raise `DataError` where one of the packages is not installed, with what to install."""
    missing = [PACKAGES.get(name, name) for name in modules if find_spec(name) is None]
    if missing:
        raise DataError("extra-missing", packages=", ".join(missing))


def require_pillow(path: str) -> None:
    """Pillow, which only folders of images need."""
    try:
        import_module("PIL.Image")
    except ImportError as error:
        raise DataError("pillow-missing", path=path) from error
