"""Statistics of gradients, weights, updates and activations, from a sample of each tensor, on sampled steps.

Of each tensor at most `ROW` numbers are looked at, evenly spread; all tensors of a kind are then one matrix, so that a look
costs a few operations a tensor and a dozen in all. A norm is scaled up to the size of its tensor.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final

ROW: Final = 1024
"""Numbers of one tensor that are looked at. Its norm is then known to about 1/sqrt(2·1024) = 2 % where the numbers are alike."""

TENSORS: Final = 64
"""Tensors of a kind that are looked at: evenly spread over the layers where there are more."""

ACTIVATIONS: Final = 32
DEAD_AT_MOST: Final = 1 << 21
"""Numbers of an output up to which its units are looked at one by one."""

Tell = Callable[[str, str, dict[str, float]], None]
"""Called with tensor, kind and statistics."""


def chosen(tensors: Sequence[Any], most: int = TENSORS) -> list[Any]:
    """At most that many, evenly spread, the first and the last among them."""
    count = len(tensors)
    if count <= most:
        return list(tensors)
    return [tensors[round(at * (count - 1) / (most - 1))] for at in range(most)]


def stride(count: int) -> int:
    """Every how many numbers one is looked at. Odd, so that a sample of a table of 64 columns does not see one column only."""
    return 1 if count <= ROW else -(-count // ROW) | 1


class Rows:
    """Samples of several tensors: `matrix` of shape (tensors, ROW), padded with zeros; `counts`, `sizes` of shape (tensors,)."""

    def __init__(self, torch: Any, tensors: Sequence[Any]) -> None:
        self._torch = torch
        device = tensors[0].device
        self.counts = [-(-one.numel() // stride(one.numel())) for one in tensors]
        self.sizes = [one.numel() for one in tensors]
        self.matrix = torch.zeros((len(tensors), ROW), dtype=torch.float32, device=device)
        for row, one, count in zip(self.matrix, tensors, self.counts, strict=True):
            flat = one.detach().reshape(-1)
            row[:count] = flat[:: stride(flat.numel())]

    def statistics(self) -> list[dict[str, float]]:
        """Norm, mean, standard deviation, share of zeros, share of non-finite numbers, and size of each."""
        torch, matrix = self._torch, self.matrix
        finite = torch.isfinite(matrix)
        clean = (
            torch.where(finite, matrix, 0.0).double()
            if matrix.device.type != "mps"
            else torch.where(finite, matrix, 0.0)
        )
        figures = torch.stack(
            [clean.sum(1), clean.square().sum(1), (matrix == 0).sum(1).to(clean.dtype), finite.sum(1).to(clean.dtype)]
        ).tolist()
        found = []
        for total, squares, zeros, good, count, size in zip(*figures, self.counts, self.sizes, strict=True):
            padding = ROW - count
            known = max(good - padding, 1.0)
            mean = total / known
            found.append(
                {
                    "norm": (max(squares, 0.0) * size / known) ** 0.5,
                    "mean": mean,
                    "std": max(squares / known - mean * mean, 0.0) ** 0.5,
                    "zero": (zeros - padding) / count,
                    "nonfinite": 1.0 - (good - padding) / count,
                    "size": float(size),
                }
            )
        return found


class Tensors:
    """The parameters of one optimiser around one of its steps."""

    def __init__(self, torch: Any, tell: Tell) -> None:
        self._torch = torch
        self._tell = tell
        self._before: tuple[list[Any], list[str], Rows] | None = None
        self.gradient_norm: float | None = None
        self.changed = -1  # tensors that the last step changed, of those looked at
        self.looked_at = 0
        self.nonfinite: tuple[str, str, float] | None = None  # kind, tensor, share

    def before_step(self, parameters: Sequence[Any], name_of: Callable[[Any], str]) -> None:
        """Look at the gradients, and keep a sample of the weights."""
        ready = [p for p in parameters if p.layout == self._torch.strided and p.numel() and p.is_floating_point()]
        if not ready:
            return
        device = ready[0].device
        looked = chosen([p for p in ready if p.device == device])
        names = [name_of(p) for p in looked]
        self._before = (looked, names, Rows(self._torch, looked))
        with_gradient = [
            (name, p.grad)
            for name, p in zip(names, looked, strict=True)
            if p.grad is not None and p.grad.layout == self._torch.strided
        ]
        if with_gradient:
            squares = 0.0
            for (name, _), stats in zip(
                with_gradient, Rows(self._torch, [g for _, g in with_gradient]).statistics(), strict=True
            ):
                self._tell(name, "gradient", stats)
                squares += stats["norm"] ** 2
                if stats["nonfinite"] > 0 and self.nonfinite is None:
                    self.nonfinite = ("gradient", name, stats["nonfinite"])
            # of the tensors that were looked at, scaled to all by their number
            share = len(with_gradient) / max(1, sum(p.grad is not None for p in ready))
            self.gradient_norm = (squares / share) ** 0.5

    def after_step(self) -> None:
        """Look at the weights, and at what the step changed."""
        if self._before is None:
            return
        looked, names, rows = self._before
        self._before = None
        now = Rows(self._torch, looked)
        weights = now.statistics()
        now.matrix -= rows.matrix
        changed = 0
        for name, weight, update in zip(names, weights, now.statistics(), strict=True):
            if weight["nonfinite"] > 0 and self.nonfinite is None:
                self.nonfinite = ("weight", name, weight["nonfinite"])
            update["ratio"] = update["norm"] / weight["norm"] if weight["norm"] > 0 else float("nan")
            changed += update["norm"] > 0 or update["nonfinite"] > 0
            self._tell(name, "weight", weight)
            self._tell(name, "update", update)
        self.changed, self.looked_at = changed, len(looked)


class Activations:
    """The outputs of the modules of one forward pass."""

    def __init__(self, torch: Any, tell: Tell) -> None:
        self._torch = torch
        self._tell = tell
        self.seen = 0
        self._names: dict[str, int] = {}
        self.nonfinite: tuple[str, str, float] | None = None

    def begin(self) -> None:
        """A new look."""
        self.seen = 0
        self._names.clear()

    def look(self, name: str, kind: str, output: Any) -> None:
        """The output of one module or function of that class."""
        torch = self._torch
        if (
            self.seen >= ACTIVATIONS
            or not isinstance(output, torch.Tensor)
            or not output.is_floating_point()
            or not output.numel()
            or output.layout != torch.strided
        ):
            return
        uses = self._names[name] = self._names.get(name, 0) + 1
        if uses > 1:
            return  # a module that is called at every step of a sequence: its first call stands for it
        output = output.detach()
        (figures,) = Rows(torch, [output]).statistics()
        stats = {key: figures[key] for key in ("mean", "std", "zero", "nonfinite")}
        stats["depth"] = float(self.seen)
        self.seen += 1
        if kind in ("ReLU", "ReLU6", "LeakyReLU", "Threshold") and output.dim() >= 2 and output.numel() <= DEAD_AT_MOST:
            units = output.transpose(0, 1) if output.dim() > 2 and output.dim() != 3 else output.movedim(-1, 0)
            alive = (units.reshape(units.shape[0], -1) > 0).any(1)
            stats["dead"] = 1.0 - float(alive.double().mean() if output.device.type != "mps" else alive.float().mean())
        elif kind in ("Sigmoid", "Tanh", "Hardtanh"):
            part = output.reshape(-1)[:: max(1, -(-output.numel() // (4 * ROW)))].float()
            low = 0.01 if kind == "Sigmoid" else -0.99
            stats["saturated"] = float(((part < low) | (part > 0.99)).double().mean())
        if stats["nonfinite"] > 0 and self.nonfinite is None:
            self.nonfinite = ("activation", name, stats["nonfinite"])
        self._tell(name, "activation", stats)
