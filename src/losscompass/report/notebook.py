"""A page in a notebook: in a frame of its own, so that neither its style nor its scripts touch the notebook.

The frame carries the page in an attribute: no server, no file, no network, in Jupyter, VS Code and their like. It has an
origin of its own (`sandbox` without `allow-same-origin`): what runs in it cannot reach the notebook.
"""

import html

HEIGHT = 720
"""Pixels of the frame; the reader may pull it longer."""

_ALLOWED = "allow-scripts allow-downloads allow-popups allow-modals"
_STYLE = "width:100%;border:0;resize:vertical;color-scheme:light dark"


def framed(page: str, title: str, height: int = HEIGHT) -> str:
    """`page`, a whole HTML document, as one element that a notebook may put anywhere."""
    return (
        f'<iframe title="{html.escape(title)}" sandbox="{_ALLOWED}" allow="clipboard-write" height="{height}" '
        f'style="{_STYLE}" srcdoc="{html.escape(page)}"></iframe>'
    )
