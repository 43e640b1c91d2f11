"""Names from logs are text, never instructions to a terminal."""

import unicodedata

_VISIBLE = {"\n": " ", "\r": " ", "\t": " "}
_UNSAFE = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp", "Co", "Cn"))


def plain(text: str) -> str:
    r"""The text with control characters (escape codes), direction marks and lone surrogates made visible or replaced.

    White space is one blank each; a control character is shown as its escape ("\x1b"), the rest as "�".
    """
    return text if text.isascii() and text.isprintable() else "".join(map(_plain, text))


def _plain(character: str) -> str:
    if character in _VISIBLE:
        return _VISIBLE[character]
    category = unicodedata.category(character)
    if category not in _UNSAFE:
        return character
    return f"\\x{ord(character):02x}" if category == "Cc" else "�"
