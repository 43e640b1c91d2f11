"""losscompass reads a training loss: what the curve does, how good the value is, what to do next.

    report = losscompass.read("runs/")
    print(report)

    with losscompass.watch() as run:
        train()

Names are loaded when they are used, so that importing losscompass costs nothing.
"""

from typing import TYPE_CHECKING

__version__ = "0.1.0"

if TYPE_CHECKING:
    from . import losses as losses
    from .api import Report as Report
    from .api import audit as audit
    from .api import choose_loss as choose_loss
    from .api import judge as judge
    from .api import read as read
    from .api import render as render
    from .diagnose.diagnosis import Diagnosis as Diagnosis
    from .diagnose.options import Options as Options
    from .evidence.run import Run as Run
    from .launch.inside import watch as watch

__all__ = [
    "Diagnosis",
    "Options",
    "Report",
    "Run",
    "__version__",
    "audit",
    "choose_loss",
    "judge",
    "losses",
    "read",
    "render",
    "watch",
]

_HOME = {
    "losses": "losses",
    "Diagnosis": "diagnose.diagnosis",
    "Options": "diagnose.options",
    "Report": "api",
    "Run": "evidence.run",
    "audit": "api",
    "choose_loss": "api",
    "judge": "api",
    "read": "api",
    "render": "api",
    "watch": "launch.inside",
}


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module 'losscompass' has no attribute {name!r}")
    from importlib import import_module

    module = import_module(f".{_HOME[name]}", __name__)
    value: object = module if name == "losses" else getattr(module, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
