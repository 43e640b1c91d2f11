"""The project's own settings: the table `[tool.losscompass]` of `pyproject.toml` in the working folder."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..text.language import LANGUAGES

KEYS = ("lang", "select", "ignore")


class SettingsError(ValueError):
    """A setting cannot be meant. `key` and `values` are an id of the text catalogue (`error.<key>`) and what it names."""

    def __init__(self, key: str, **values: str) -> None:
        super().__init__(key)
        self.key = key
        self.values = values


@dataclass(frozen=True, slots=True)
class Settings:
    """What the project asks for wherever the command line says nothing."""

    lang: str | None = None
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()


def load(folder: Path) -> Settings:
    """The settings of a folder; none where there is no such file or table. A table that cannot be meant is refused."""
    path = folder / "pyproject.toml"
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return Settings()
    if "losscompass" not in text:
        return Settings()
    import tomllib

    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError("settings-broken", why=str(error)) from error
    tool = document.get("tool")
    table = tool.get("losscompass", {}) if isinstance(tool, dict) else {}
    if not isinstance(table, dict):
        raise SettingsError("settings-broken", why="tool.losscompass")
    if unknown := sorted(set(table) - set(KEYS)):
        raise SettingsError("settings-unknown", name=unknown[0], known=", ".join(KEYS))
    lang = table.get("lang")
    if lang is not None and lang not in LANGUAGES:
        raise SettingsError("settings-lang", value=str(lang), known=", ".join(LANGUAGES))
    return Settings(lang, _ids(table, "select"), _ids(table, "ignore"))


def _ids(table: dict[str, Any], key: str) -> tuple[str, ...]:
    ids = table.get(key, [])
    if not isinstance(ids, list) or not all(isinstance(one, str) for one in ids):
        raise SettingsError("settings-list", name=key)
    return tuple(ids)
