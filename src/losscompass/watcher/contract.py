"""What a loss function was given, against what it asks for: shapes, types, ranges. Looked at on X-ray steps only."""

from typing import Any, Final

FUNCTIONS: Final = (
    "binary_cross_entropy", "binary_cross_entropy_with_logits", "cosine_embedding_loss", "cross_entropy", "ctc_loss",
    "gaussian_nll_loss", "hinge_embedding_loss", "huber_loss", "kl_div", "l1_loss", "margin_ranking_loss", "mse_loss",
    "multi_margin_loss", "multilabel_margin_loss", "multilabel_soft_margin_loss", "nll_loss", "poisson_nll_loss",
    "smooth_l1_loss", "soft_margin_loss", "triplet_margin_loss", "triplet_margin_with_distance_loss",
)  # fmt: skip
"""The losses of torch.nn.functional; those of torch.nn call them."""

CRITERIA: Final = {
    "BCELoss": "binary_cross_entropy",
    "BCEWithLogitsLoss": "binary_cross_entropy_with_logits",
    "CrossEntropyLoss": "cross_entropy",
    "HuberLoss": "huber_loss",
    "KLDivLoss": "kl_div",
    "L1Loss": "l1_loss",
    "MSELoss": "mse_loss",
    "NLLLoss": "nll_loss",
    "SmoothL1Loss": "smooth_l1_loss",
}
"""Modules of torch.nn, and the functions that they call."""

OVER_CLASSES: Final = frozenset(("cross_entropy", "nll_loss", "kl_div", "multi_margin_loss"))
"""Losses whose input has an axis of classes."""

OF_LOGARITHMS: Final = frozenset(("nll_loss", "kl_div", "ctc_loss"))
"""Losses whose input is logarithms of shares."""

LOOKED_AT: Final = 65_536
"""Numbers of a tensor that are looked at, at the most."""

_DISTINCT: Final = 4096
_WEIGHTS: Final = 64
_ROWS: Final = 128

Data = dict[str, Any]


def arguments(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, Any]:
    """Input and target of a call, by position or by name; None where there is none."""
    given = list(args[:2])
    if not given:
        given.append(next((kwargs[key] for key in ("input", "input1", "anchor", "log_probs") if key in kwargs), None))
    if len(given) < 2:
        given.append(next((kwargs[key] for key in ("target", "targets", "positive", "input2") if key in kwargs), None))
    return given[0], given[1]


def describe(torch: Any, function: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Data:
    """The keys of a `loss-call` event that speak of what the function was given (docs/events.md)."""
    made, target = arguments(args, kwargs)
    data: Data = {}
    if isinstance(made, torch.Tensor):
        data |= _of(torch, made.detach(), "input")
        if function in OVER_CLASSES:
            data |= _row_sums(made.detach())
        if function in OF_LOGARITHMS:
            data["log_axes"] = axes_of_one(torch, made.detach(), logarithms=True)
    if isinstance(target, torch.Tensor):
        data |= _of(torch, target.detach(), "target")
        data |= _tail(target)
        if function == "kl_div":
            data["target_axes"] = axes_of_one(torch, target.detach(), logarithms=kwargs.get("log_target") is True)
    weight = kwargs.get("weight", args[2] if len(args) > 2 and function != "kl_div" else None)
    data["class_weights"] = isinstance(weight, torch.Tensor)
    for key, one in (("weights", weight), ("pos_weight", kwargs.get("pos_weight"))):
        if isinstance(one, torch.Tensor) and 0 < one.numel() <= _WEIGHTS and not one.requires_grad:
            data[key] = tuple(one.detach().reshape(-1).double().tolist())
    for key in ("label_smoothing", "ignore_index", "margin", "delta", "beta"):
        if isinstance(kwargs.get(key), int | float):
            data[key] = kwargs[key]
    data["reduction"] = str(kwargs.get("reduction", "mean"))
    return data


def few(tensor: Any, most: int = LOOKED_AT) -> Any:
    """At most that many numbers of a tensor, evenly spread, as one row."""
    flat = tensor.reshape(-1)
    size = flat.numel()
    return flat if size <= most else flat[:: -(-size // most)]


def _of(torch: Any, tensor: Any, name: str) -> Data:
    data: Data = {f"{name}_shape": tuple(tensor.shape), f"{name}_dtype": str(tensor.dtype).removeprefix("torch.")}
    if not tensor.numel() or tensor.is_complex() or tensor.is_quantized or tensor.layout != torch.strided:
        return data
    part = few(tensor)
    if name == "target":
        part = _kept(part)
    part = part.double() if part.device.type != "mps" else part.float()
    finite = torch.isfinite(part)
    good = part[finite]
    data[f"{name}_nonfinite"] = 1.0 - good.numel() / part.numel()
    if good.numel():
        data[f"{name}_min"], data[f"{name}_max"] = float(good.min()), float(good.max())
        data[f"{name}_mean"] = float(good.mean())
        data[f"{name}_std"] = float(good.std(correction=0))
        if name == "target":
            data["target_whole"] = bool((good == good.round()).all())
            data["target_distinct"] = int(few(good, _DISTINCT).unique().numel())
    return data


def _kept(target: Any) -> Any:
    """Class ids without those that are ignored (−100 by torch's own custom), if any are left."""
    if target.dtype.is_floating_point or not target.numel():
        return target
    kept = target[target != -100]
    return kept if kept.numel() else target


def _tail(target: Any) -> Data:
    """Rows of class ids that end in runs of one value, as padded ones do; also where the rows were laid flat for the loss."""
    rows = target if target.dim() == 2 else target._base
    if rows is None or rows.dim() != 2 or rows.numel() != target.numel() or rows.numel() > LOOKED_AT:
        return {}
    if target.dtype.is_floating_point or target.is_complex() or min(rows.shape) < 4:
        return {}
    value = rows[:, -1].mode().values
    same = rows == value
    runs = same.flip(1).long().cumprod(1).sum(1)
    inside = int(runs.sum())
    return {
        "tail_value": int(value),
        "tail_share": inside / rows.numel(),
        "tail_rows": float((runs > 1).double().mean()),
        "tail_elsewhere": int(same.sum()) - inside,
    }


def echoes(given: Any, target: Any) -> Data:
    """Where the target is what the model was given. Tokens (batch, time): the same place, the next; windows of numbers: their end."""
    if not given.dtype.is_floating_point:
        if given.dim() != 2 or given.shape[1] < 2 or target.numel() != given.numel():
            return {}
        rows = target.reshape(given.shape)
        return {
            "target_is_input": float((rows == given).double().mean()),
            "target_is_next": float((rows[:, :-1] == given[:, 1:]).double().mean()),
        }
    size, time = given.shape[:2]
    if target.dim() < 1 or target.shape[0] != size or size < 4:
        return {}
    rows = target.reshape(size, -1)
    ahead = rows.shape[1]
    if not 0 < ahead < time or (given.dim() == 2 and ahead < 2):
        return {}
    end = given[:, -ahead:] if given.dim() == 3 else given[:, -ahead:, None]
    return {"target_ends_input": float((end == rows[:, :, None]).all(1).double().mean(0).max())}


def padded(given: Any, target: Any) -> float:
    """The share of the targets, numbers in rows (samples, time), that fill rows up where the rows of the model's input are filled up, too.

    Rows are filled up by one value that is repeated to their ends, from other places on in other rows. 0 where that is not so.
    """
    target = target[..., 0] if target.dim() == 3 and target.shape[2] == 1 else target
    if target.dim() != 2 or not target.dtype.is_floating_point or given.shape[:2] != target.shape:
        return 0.0
    if min(target.shape) < 4 or (given.dim() == 2 and given.dtype.is_floating_point):
        return 0.0  # a table, or pictures laid flat: zeros at an end are data
    target, given = target[:_ROWS], given[:_ROWS].reshape(*given[:_ROWS].shape[:2], -1)
    runs = _ends(target[..., None])
    alike = bool((runs == _ends(given)).all()) and bool((runs != runs[0]).any())
    return float(runs.sum()) / target.numel() if alike else 0.0


def _ends(rows: Any) -> Any:
    """How long the run of the commonest last entry is at the end of each row."""
    last = rows[:, -1]
    common = (last[:, None] == last[None]).all(-1).sum(1)
    same = (rows == last[common.argmax()]).all(-1)
    return same.flip(1).long().cumprod(1).sum(1)


def _row_sums(made: Any) -> Data:
    """Extremes of the sum along the class axis: 1 and 1 are probabilities."""
    if made.dim() < 1 or not made.dtype.is_floating_point or not made.numel():
        return {}
    axis = 0 if made.dim() == 1 else 1
    rows = made.movedim(axis, -1).reshape(-1, made.shape[axis])
    rows = rows[:: max(1, rows.shape[0] // 512)][:512]
    sums = rows.double().sum(1) if made.device.type != "mps" else rows.float().sum(1)
    return {"rows_sum_low": float(sums.min()), "rows_sum_high": float(sums.max())}


_SHARES: Final = 0.02
"""How far from 1 shares may add up to: half precision, and an eps beneath the logarithm."""


def axes_of_one(torch: Any, tensor: Any, *, logarithms: bool) -> tuple[int, ...]:
    """The axes along which numbers, or the exponentials of them, add up to 1; the number of axes stands for all of them together.

    (−1,): it was not looked at.
    """
    fits = tensor.dim() and 0 < tensor.numel() <= LOOKED_AT and tensor.dtype.is_floating_point
    if not fits or tensor.layout != torch.strided:
        return (-1,)
    shares = tensor.double() if tensor.device.type != "mps" else tensor.float()
    shares = shares.exp() if logarithms else shares
    if bool((shares < 0).any()):
        return ()
    found = [axis for axis in range(tensor.dim()) if bool(((shares.sum(axis) - 1).abs() <= _SHARES).all())]
    return (*found, tensor.dim()) if abs(float(shares.sum()) - 1) <= _SHARES else tuple(found)
