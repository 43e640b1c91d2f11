"""The sum that anchor-free detectors of the YOLO family minimise: box (CIoU), classes (BCE), sides (DFL), each with its gain.

Read the parts, not the sum: only the box and side terms are independent of the batch and of the number of objects.
"""

from math import log

from ..base import Contract, Loss, Operand, Parameter, Readings, Setting
from ..forms import class_count, reduced
from ..mean_fault import mean_fault

STRIDES = (8, 16, 32)
IMAGE = 640
PRIOR_SUM = 5 * len(STRIDES)  # the bias sets p₀ = 5 / classes / cells, so that Σ p₀ is 5 for each stride
BOX_START = 0.44  # CIoU of freshly made nets on random boxes: 3.16–3.44 printed with a gain of 7.5
FLOOR_OF_SIDES = 0.5  # nats, of evenly spread distances


def class_start(setting: Setting) -> float | None:
    """What the class term starts from: the biased head's −ln p₀ for the objects, and Σ p₀ for all else."""
    classes = class_count(setting)
    if classes is None or classes < 1:
        return None
    objects = sum(-log(min(0.5, 5 / classes / (IMAGE / stride) ** 2)) for stride in STRIDES) / len(STRIDES)
    return setting.parameter(LOSS, "class_gain") * (objects + PRIOR_SUM / setting.parameter(LOSS, "scores"))


def readings(loss: Loss, setting: Setting) -> Readings:
    """The sum of the parts at the start of such a detector; no constant to compare with; the floor of the sides' term."""
    box, sides = setting.parameter(loss, "box_gain"), setting.parameter(loss, "side_gain")
    bins, classes = setting.parameter(loss, "bins"), class_start(setting)
    start = None if classes is None else box * BOX_START + classes + sides * log(bins)
    notes = ("yolo-head", "scores-assumed", "evenly-spread-targets") if classes is not None else ("classes-unknown",)
    return reduced(setting, start, None, sides * FLOOR_OF_SIDES, *notes)


LOSS: Loss = Loss(
    id="detection-composite",
    family="detection",
    tasks=("detection",),
    aliases=("yolo", "yolo-loss", "v8DetectionLoss", "detection-loss", "box-cls-dfl"),
    formula="7.5·CIoU + 0.5·BCE + 1.5·DFL, each divided by Σ target scores (at least 1)",
    contract=Contract(
        prediction=Operand("boxes-and-logits", "(anchors, 4), (anchors, classes), (anchors, 4, bins)", "float", "any"),
        target=Operand("assigned-targets", "(anchors, …)", "float", "boxes, scores 0 … 1, distances in bins"),
        silent=("empty-batch", "multiplied-by-batch", "parts-hidden", "labels-out-of-range"),
    ),
    readings=readings,
    parameters=(
        Parameter("box_gain", 7.5, low=0.0),
        Parameter("class_gain", 0.5, low=0.0),
        Parameter("side_gain", 1.5, low=0.0),
        Parameter("bins", 16.0, low=2.0),
        Parameter("scores", 8.0, low=0.01),
        Parameter("batch", 16.0, low=1.0),
    ),
    smooth="almost-everywhere",
    corners="where box edges meet",
    implementation="losscompass.functional.detection_loss",
    code="parts = losscompass.functional.detection_loss(class_logits, scores, boxes, targets, side_logits, sides)\nloss = parts.total",
    faults=(
        mean_fault(
            "empty-batch",
            lambda setting: (
                (setting.parameter(LOSS, "class_gain") * PRIOR_SUM * setting.parameter(LOSS, "batch")) or None
            ),
            tolerance=0.08,  # 8.06, 32.2 and 129.3 were measured where 7.5, 30 and 120 are computed for batches of 1, 4, 16
        ),
        mean_fault(
            "uniform-bins",
            lambda setting: (setting.parameter(LOSS, "side_gain") * log(setting.parameter(LOSS, "bins"))) or None,
            benign=True,
        ),
    ),
    metrics=("map50", "map50-95", "precision", "recall"),
)
