"""The box losses of losscompass beside those of torchvision: a million boxes, forward and backward, in one run.

One thread, CPU time of this process, the median of repetitions in which all take turns. Values and gradients are
compared before times are.
"""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from losscompass import functional

NAMES = {"giou": "generalized_box_iou_loss", "diou": "distance_box_iou_loss", "ciou": "complete_box_iou_loss"}


@dataclass(frozen=True, slots=True)
class Contender:
    """One way of computing one loss, from boxes in its own layout."""

    name: str
    run: Callable[[], Tensor]  # → the gradient, in its layout
    rows: bool  # (n, 4), else (4, n)


def competitor() -> tuple[str, Callable[[str], Callable[..., Tensor]]]:
    """Torchvision's functions where they import, else the papers' formulas on rows of four, and which of both it is."""
    # A build for another device misses its compiled part, and then fails at these two names, which the losses never use.
    library = torch.library.Library("torchvision", "FRAGMENT")
    for schema in (
        "nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
        "qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    ):
        try:
            library.define(schema)
        except RuntimeError:  # defined already
            continue
    try:
        import torchvision
        from torchvision import ops
    except Exception as error:  # noqa: BLE001  (a build that does not fit raises RuntimeError, and not ImportError)
        print(f"torchvision does not import ({type(error).__name__}): the papers' formulas on rows stand in for it")
        return "on rows", lambda loss: ROWS[loss]
    return f"torchvision {torchvision.__version__}", lambda loss: getattr(ops, NAMES[loss])


def _rows(kind: str) -> Callable[..., Tensor]:
    def loss(a: Tensor, b: Tensor, reduction: str = "sum", eps: float = 1e-7) -> Tensor:
        assert reduction == "sum"
        low, high = torch.max(a[:, :2], b[:, :2]), torch.min(a[:, 2:], b[:, 2:])
        shared = (high - low).clamp(min=0).prod(1)
        size_a, size_b = a[:, 2:] - a[:, :2], b[:, 2:] - b[:, :2]
        union = size_a.prod(1) + size_b.prod(1) - shared
        iou = shared / (union + eps)
        hull = torch.max(a[:, 2:], b[:, 2:]) - torch.min(a[:, :2], b[:, :2])
        if kind == "giou":
            area = hull.prod(1)
            return (1 - iou + (area - union) / (area + eps)).sum()
        apart = ((a[:, :2] + a[:, 2:] - b[:, :2] - b[:, 2:]) / 2).square().sum(1)
        values = 1 - iou + apart / (hull.square().sum(1) + eps)
        if kind == "ciou":
            shape = (4 / torch.pi**2) * (
                torch.atan(size_b[:, 0] / size_b[:, 1]) - torch.atan(size_a[:, 0] / size_a[:, 1])
            ).square()
            with torch.no_grad():
                alpha = shape / (1 - iou + shape + eps)
            values = values + alpha * shape
        return values.sum()

    return loss


ROWS = {kind: _rows(kind) for kind in NAMES}


def table(count: int, repeat: int) -> bool:
    """Print the table; true where ours is never slower eager and CIoU at least 5 × faster compiled."""
    torch.set_num_threads(1)
    other, theirs = competitor()
    draw = torch.Generator().manual_seed(0)
    corner = torch.rand(count, 2, generator=draw) * 500
    target = torch.cat([corner, corner + torch.rand(count, 2, generator=draw) * 100 + 40], 1)
    boxes = target + torch.randn(count, 4, generator=draw) * 4
    print(f"\n{count:,} boxes, forward + backward, one thread, CPU ms (median of {repeat}); beside {other}\n")
    print(f"{'loss':<6} {'way':<40} {'ms':>8} {'times faster':>13} {'largest difference of gradients':>32}")
    good = True
    for kind in NAMES:
        ours = getattr(functional, f"{kind}_loss")
        torch.compiler.reset()
        contenders = (
            _contender(other, theirs(kind), boxes, target, rows=True),
            _contender("ours, (n, 4)", ours, boxes, target, rows=True),
            _contender("ours, (4, n)", ours, boxes, target, rows=False),
            _contender("ours, (n, 4), compiled", torch.compile(ours), boxes, target, rows=True),
            _contender("ours, (4, n), compiled", torch.compile(ours), boxes, target, rows=False),
        )
        expected = contenders[0].run()
        gaps = []
        for contender in contenders:
            gradient = contender.run()
            gradient = gradient if contender.rows else gradient.T
            gaps.append(float((gradient - expected).abs().max()))
            assert gaps[-1] < 1e-6, (kind, contender.name, gaps[-1])
        times: list[list[float]] = [[] for _ in contenders]
        for _ in range(repeat):
            for contender, spent in zip(contenders, times, strict=True):
                start = time.process_time()
                contender.run()
                spent.append(1e3 * (time.process_time() - start))
        middle = [statistics.median(spent) for spent in times]
        for contender, spent_ms, gap in zip(contenders, middle, gaps, strict=True):
            print(f"{kind:<6} {contender.name:<40} {spent_ms:8.1f} {middle[0] / spent_ms:13.2f} {gap:32.1e}")
        good &= max(middle[1:3]) <= middle[0] and (kind != "ciou" or max(middle[3:]) * 5 <= middle[0])
    print("\nNever slower eager, and CIoU at least 5 × faster compiled:", "yes" if good else "NO")
    return good


def _contender(name: str, loss: Callable[..., Tensor], boxes: Tensor, target: Tensor, *, rows: bool) -> Contender:
    prediction, goal = (boxes, target) if rows else (boxes.T.contiguous(), target.T.contiguous())
    prediction = prediction.clone().requires_grad_()
    layout = {} if rows else {"dim": 0}

    def run() -> Tensor:
        return torch.autograd.grad(loss(prediction, goal, reduction="sum", **layout), prediction)[0]

    return Contender(name, run, rows)
