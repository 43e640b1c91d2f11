"""What networks give whose outputs are compared with each other: embeddings, and samples that a critic is shown beside real ones.

Both may shrink to a point while the loss looks fine. They are glanced at now and then, to the end of the run: a glance
is the outermost calls of one step, a few rows of what goes in and comes out.
"""

import weakref
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any, Final

from .batches import first_tensor
from .budget import Budget
from .places import Spot
from .telling import Telling
from .xray import SHAPING, key, operation

MOST: Final = 5_000
"""Nodes of a graph up to which it is searched."""

ROWS: Final = 64
COLUMNS: Final = 512
"""Rows and numbers of a row that are looked at, at the most."""

LEAST: Final = 4
"""Rows that a batch must have."""

GROWTH: Final = 1.15
"""A glance is due when the steps have grown by that factor since the last one."""

SHARE: Final = 0.003
"""Of the time of the run so far, what glances may take in all."""

_CALLS: Final = 12
_OUTPUTS: Final = 4
_TRIES: Final = 16
_GRACE: Final = 0.03
"""Seconds that glances may take beyond their share."""

_ALWAYS: Final = 24
"""Glances that a slow machine takes as well: what is found is not to depend on its speed."""

_RARELY: Final = 1.5
"""A glance is taken in any case when the steps have grown by that factor: the end of a run says more than its beginning."""

_PICKING: Final = frozenset(("Slice", "Select", "Split", "SplitWithSizes", "Unbind", "Chunk"))
_DIRECT: Final = SHAPING | {"Cat", "Stack", "Div", "Index", "IndexSelect", "Neg"}
_DISTANCES: Final = ("Cdist", "EuclideanDist")
_PRODUCTS: Final = frozenset(("Mm", "Bmm", "Baddbmm"))


def compared(nodes: Sequence[Any], outputs: Iterable[int]) -> tuple[str, Any]:
    """Whether outputs of networks are compared with each other in a graph: by "distance", by "product", or not (""); and where.

    `nodes`: all of it, each after what it was made from. `outputs`: the keys of the nodes that made the outputs.
    """
    roots = set(outputs)
    if not roots or len(nodes) > MOST:
        return "", None
    direct: set[Any] = set()  # outputs, laid out anew or made as long as one
    multiplied: set[Any] = set()
    for node in nodes:
        name = operation(node)
        if name != "AccumulateGrad" and key(node) in roots:
            direct.add(node)
            continue
        children = [child for child, _ in node.next_functions]
        both = len(children) >= 2 and children[0] in direct and children[1] in direct
        if both and (name == "Sub" or name.startswith(_DISTANCES)):
            return "distance", node
        if both and name in _PRODUCTS:
            return "product", node
        if both and name == "Mul" and children[0] is not children[1]:
            multiplied.add(node)
        elif name == "Sum" and children and children[0] in multiplied:
            return "product", node
        elif children and children[0] in direct and (name in _DIRECT or name in _PICKING) and not _across(node, name):
            direct.add(node)
    return "", None


def _across(node: Any, name: str) -> bool:
    """Whether numbers of one sample are picked: a difference of neighbours in a row is no distance of samples."""
    return (name in _PICKING or name == "IndexSelect") and getattr(node, "_saved_dim", 0) != 0


@dataclass(slots=True)
class _Made:
    """What a network gave in a call."""

    module: int
    name: str
    ref: Any  # weak
    pointer: int
    shape: tuple[int, ...]
    spot: Spot | None
    learns: bool


@dataclass(slots=True)
class _Shown:
    """What a critic was shown in this look."""

    real: Any = None
    made: Any = None
    maker: _Made | None = None


@dataclass(slots=True)
class _Look:
    """The outermost calls of one step."""

    made: list[_Made] = field(default_factory=list)
    keys: list[int] = field(default_factory=list)
    shown: dict[int, _Shown] = field(default_factory=dict)
    spread: dict[str, Any] | None = None
    spot: Spot | None = None
    calls: int = 0
    told: bool = False


class Outputs:
    """Follows what networks give, on steps that are looked at."""

    def __init__(self, torch: Any, telling: Telling, budget: Budget) -> None:
        self._torch = torch
        self._telling = telling
        self._budget = budget
        self._look = _Look()
        self.compares = ""
        self._game = False  # a critic was seen that is shown real samples and made ones
        self._next = 3.0
        self._glanced = 0  # the step of the last glance
        self._spent = 0.0
        self._glances = 0
        self._tries = 0
        self._xray = False

    # -- when to look ---------------------------------------------------------------------------------------------------------

    def due(self, position: int) -> bool:
        """Whether the step at `position` is to be glanced at."""
        if not (self.compares or self._game):
            return False
        if self._game and not self._look.told and 0 < self._tries < _TRIES:
            self._tries += 1  # where the generator steps often, the critic is shown nothing in most steps
            return True
        if position < self._next:
            return False
        spent = self._spent > _GRACE + SHARE * (perf_counter() - self._budget.began)
        if self._glances >= _ALWAYS and spent and position < _RARELY * self._glanced:
            return False
        self._glanced = position
        self._next = max(position + 1.0, position * GROWTH)
        self._tries = 1
        self._glances += 1
        return True

    def begin(self, *, xray: bool) -> None:
        """A new look."""
        self._look = _Look()
        self._xray = xray

    # -- the calls ------------------------------------------------------------------------------------------------------------

    def called(self, module: Any, args: tuple[Any, ...], output: Any, spot: Spot | None) -> None:
        """An outermost module was called in training."""
        look = self._look
        look.calls += 1
        if look.calls > _CALLS:
            return
        began = perf_counter()
        torch = self._torch
        given = first_tensor(torch, args)
        if given is not None and given.is_floating_point() and given.dim() >= 2 and given.shape[0] >= 2 * LEAST:
            self._shown_to(module, given)
        look.made = [one for one in look.made if one.ref() is not None or one is look.made[-1]]
        learns = any(parameter.requires_grad for parameter in module.parameters())
        for one in _tensors(torch, output)[:_OUTPUTS]:
            look.made.append(
                _Made(
                    id(module), type(module).__name__, weakref.ref(one), one.data_ptr(), tuple(one.shape), spot, learns
                )
            )
            if one.grad_fn is None or one.dim() != 2 or one.shape[0] < LEAST or one.shape[1] < 2:
                continue
            look.keys.append(key(one.grad_fn))
            if look.spread is None and (self._xray or self.compares):
                look.spread, look.spot = self._spread(one, given), spot
        self._spent += perf_counter() - began

    def keys(self) -> list[int]:
        """The nodes that made the outputs of this look, where they may be embeddings."""
        return self._look.keys

    def _spread(self, made: Any, given: Any) -> dict[str, Any]:
        figures: dict[str, Any] = {"rows": int(made.shape[0]), "columns": int(made.shape[1])}
        rows = self._rows(made)
        figures["spread"], figures["size"] = _spread_of(rows)
        if given is not None and given.dim() >= 2 and given.shape[0] == made.shape[0]:
            figures["input_spread"], figures["input_size"] = _spread_of(self._rows(given))
        return figures

    def _rows(self, tensor: Any) -> Any:
        """Some rows of a tensor, each as numbers of single precision in one row. Shape (rows, columns)."""
        flat = tensor.detach()[:ROWS]
        flat = flat.reshape(flat.shape[0], -1)
        step = -(-flat.shape[1] // COLUMNS)
        return flat[:, :: step | 1].float().clone()

    def _shown_to(self, module: Any, given: Any) -> None:
        look, torch = self._look, self._torch
        pointer, shape = given.data_ptr(), tuple(given.shape)
        maker = next(
            (one for one in look.made if one.pointer == pointer and _same_rows(one.shape, shape)),
            None,
        )
        if maker is not None and (maker.module == id(module) or not maker.learns):
            return
        shown = look.shown.get(id(module))
        if shown is None:
            shown = look.shown[id(module)] = _Shown()
        if maker is None:
            if given.requires_grad or shown.real is not None:
                return
            shown.real = self._rows(given)
        elif shown.made is None:
            shown.made, shown.maker = self._rows(given), maker
        if look.told or shown.real is None or shown.made is None or shown.real.shape[1] != shown.made.shape[1]:
            return
        if not any(parameter.requires_grad for parameter in module.parameters()):
            return
        look.told = self._game = True
        if self._telling.times("generated", 200):
            maker = shown.maker
            data = {
                "network": "" if maker is None else maker.name,
                "critic": type(module).__name__,
                "rows": min(shown.real.shape[0], shown.made.shape[0]),
                "columns": int(shown.real.shape[1]),
                **_variety(torch, shown.real, shown.made),
            }
            self._telling.event("generated", data, at=None if maker is None else maker.spot)

    def forget(self) -> None:
        """The step is over: nothing of the user's is kept beyond it."""
        self._look.shown.clear()

    # -- the backward -----------------------------------------------------------------------------------------------------------

    def trained(self) -> None:
        """A backward: tell of embeddings, where the loss compares them."""
        look = self._look
        if look.spread is None or not self.compares:
            return
        figures, look.spread = look.spread, None
        if self._telling.times("embedding", 200):
            self._telling.event("embedding", {"compares": self.compares, **figures}, at=look.spot)


def _same_rows(made: tuple[int, ...], shape: tuple[int, ...]) -> bool:
    return made[:1] == shape[:1]


def _tensors(torch: Any, output: Any) -> list[Any]:
    """The tensors with a batch axis among what a module gave."""
    values = (
        [output]
        if isinstance(output, torch.Tensor)
        else list(output.values())
        if isinstance(output, dict)
        else list(output)
        if isinstance(output, list | tuple)
        else []
    )
    return [
        one
        for one in values
        if isinstance(one, torch.Tensor)
        and one.is_floating_point()
        and one.dim() >= 2
        and one.numel()
        and one.layout == torch.strided
    ]


def _spread_of(rows: Any) -> tuple[float, float]:
    """How far rows lie from their mean, and from zero (root mean squares). Shape of rows: (n, d)."""
    spread = (rows - rows.mean(0)).square().sum(1).mean().sqrt()
    size = rows.square().sum(1).mean().sqrt()
    return float(spread), float(size)


def _variety(torch: Any, real: Any, made: Any) -> dict[str, float]:
    """How varied made samples are beside real ones. Shapes (n, d) and (m, d)."""
    least = min(real.shape[0], made.shape[0])
    real, made = real[:least], made[:least]
    among, within, between = torch.cdist(real, real), torch.cdist(made, made), torch.cdist(real, made)
    neighbours = min(5, least - 1)
    reach = among.kthvalue(neighbours + 1, dim=1).values
    pairs = least * (least - 1)
    return {
        "spread": float(within.sum() / pairs),
        "real_spread": float(among.sum() / pairs),
        "nearest": float(within.kthvalue(2, dim=1).values.median()),
        "real_nearest": float(among.kthvalue(2, dim=1).values.median()),
        "covered": float((between.amin(1) <= reach).float().mean()),
        "apart": float(between.mean()),
    }
