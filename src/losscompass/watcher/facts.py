"""What holds for a whole run: versions, devices, threads, the model's size."""

import platform
from collections.abc import Iterator
from typing import Any

Value = str | float | int | bool

CATALOGUE = {
    "binary_cross_entropy": ("bce", "binary"),
    "binary_cross_entropy_with_logits": ("bce-with-logits", "binary"),
    "cross_entropy": ("cross-entropy", "multiclass"),
    "nll_loss": ("nll", "multiclass"),
    "kl_div": ("kl-divergence", ""),
    "mse_loss": ("mse", "regression"),
    "l1_loss": ("mae", "regression"),
    "smooth_l1_loss": ("smooth-l1", "regression"),
    "huber_loss": ("huber", "regression"),
    "triplet_margin_loss": ("triplet", ""),
    "hinge_embedding_loss": ("hinge-embedding", ""),
    "cosine_embedding_loss": ("cosine-embedding", ""),
    "margin_ranking_loss": ("margin-ranking", ""),
    "multi_margin_loss": ("multi-margin", "multiclass"),
    "poisson_nll_loss": ("poisson-nll", "regression"),
    "gaussian_nll_loss": ("gaussian-nll", "regression"),
    "ctc_loss": ("ctc", ""),
}
"""Function of torch to the id of the losses catalogue and the task it tells, if it tells one."""


def of_the_machine(torch: Any) -> Iterator[tuple[str, Value]]:
    """Facts known at the start."""
    yield "watched", True
    yield "framework", "torch"
    yield "torch", str(torch.__version__)
    yield "python", platform.python_version()
    yield "threads", int(torch.get_num_threads())


def of_the_loss(function: str, data: dict[str, Any]) -> Iterator[tuple[str, Value]]:
    """Facts that the first loss of the training tells, from the keys of a `loss-call`."""
    loss, task = CATALOGUE.get(function, ("", ""))
    if loss:
        yield "loss", loss
    shape = data.get("input_shape", ())
    if function in ("cross_entropy", "nll_loss", "multi_margin_loss") and len(shape) >= 2:
        classes = int(shape[1])
        dense = len(data.get("target_shape", ())) > 1
        if classes >= 2:
            yield "classes", classes
            yield "task", "multiclass" if not dense else "segmentation"
    elif task == "binary":
        if len(shape) >= 1 and (len(shape) == 1 or shape[-1] == 1):
            yield "task", "binary"
            yield "classes", 2
    elif task:
        yield "task", task
    if shape:
        yield "batch-size", int(shape[0])
