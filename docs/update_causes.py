"""Write docs/causes.md, the list of all causes and how each is seen: `python docs/update_causes.py`. A test compares."""

from pathlib import Path

from losscompass.rules.all import ALL
from losscompass.rules.base import Rule
from losscompass.text.catalogue import catalogue

DOCUMENT = Path(__file__).resolve().parent / "causes.md"
CAUSES = {
    "The learning rate": "learning-rate-too-high learning-rate-too-low scheduler-step-frequency scheduler-misconfigured",
    "The training loop": (
        "missing-zero-grad update-order-wrong backward-missing step-missing update-outside-loop optimizer-state-reset "
        "gradient-accumulation-wrong loss-accumulates-graph eval-mode-in-training train-mode-in-validation"
    ),
    "The parameters": (
        "optimizer-holds-other-parameters optimizer-misses-parameters module-not-registered parameters-frozen "
        "weight-tying-wrong ema-misconfigured"
    ),
    "The loss": (
        "loss-detached hidden-state-detached loss-constant loss-wrong-sign loss-reduction-wrong "
        "softmax-before-cross-entropy sigmoid-before-bce-with-logits log-probs-expected loss-task-mismatch "
        "output-activation-mismatch shape-broadcast-in-loss wrong-dimension tensor-layout-wrong "
        "numerical-instability-in-loss class-weights-wrong padding-in-loss kl-weight-wrong policy-gradient-wrong"
    ),
    "The data": (
        "label-misaligned label-noise label-format-wrong inputs-not-scaled inputs-uninformative target-not-scaled "
        "non-finite-data sentinel-in-features outliers-in-data class-imbalance train-validation-leak target-leak "
        "future-leak data-not-shuffled duplicate-random-data preprocessing-mismatch augmentation-breaks-labels"
    ),
    "The evaluation": "metric-wrong validation-is-train model-selection-on-train undertrained",
    "The model": (
        "batch-norm-small-batch dead-relu vanishing-gradients exploding-gradients bad-initialisation no-nonlinearity "
        "underfit-capacity overfitting dropout-too-strong weight-decay-too-strong gradient-clip-too-tight low-precision "
        "gan-imbalance gan-mode-collapse embedding-collapse"
    ),
}
"""What can be wrong with a training, by where it lies."""

UNSEEN = {
    "tensor-layout-wrong": "a reshape that mixes axes is as legal as one that does not. Change one sample of a batch: no other sample's output may change.",
    "label-misaligned": "labels that are shuffled against their inputs look like labels that the inputs do not determine. It is named as likely where the loss stays at what the label shares give.",
    "label-format-wrong": "corners and centres of a box, or two orders of classes, are numbers of the same range. Draw ten targets over their inputs.",
    "undertrained": "it has a name of its own: loss-still-falling says so, and how far the curve would fall.",
    "underfit-capacity": "a small model and a hard task leave the same curve. It is named as likely; learning one batch by heart settles it.",
    "gan-mode-collapse": "what the generator covers is not in the losses. Count the distinct samples it makes.",
    "embedding-collapse": "no model is run on samples of ours: the distances between embeddings are not known.",
}
"""Why a cause is not named by a rule of its own. Once there is a rule, its line here is not used, and can go."""

HEAD = """# What can be wrong, and how it is seen

Written by `python docs/update_causes.py` from the rules. **Watched**: in a run under `losscompass run`. **Log**: in a log of any
tool. **Audit**: in a data set. `losscompass explain ID` says more of each that has a rule.
"""


def document() -> str:
    """The text of docs/causes.md. Raises KeyError for a cause that has neither a rule nor a reason."""
    rules = {rule.id: rule for rule in ALL}
    parts = [HEAD]
    for title, ids in CAUSES.items():
        rows = [
            f"| `{id_}` | {_seen(rules[id_]) if id_ in rules else f'not visible, because {UNSEEN[id_]}'} |"
            for id_ in ids.split()
        ]
        parts += ["", f"## {title}", "", "| Cause | How it is seen |", "|---|---|", *rows]
    return "\n".join(parts) + "\n"


def _seen(rule: Rule) -> str:
    words = catalogue("en").words(rule.id)
    asked = rule.needs[0].what if rule.needs else ""
    where = [
        name for fact, name in (("fact:watched", "watched"), ("fact:audited", "audit")) if fact in asked.split("|")
    ]
    if not where or any(not one.startswith(("fact:", "event:")) for one in asked.split("|")):
        where.append("log")
    return f"{' or '.join(where)}: {words.title[:1].lower() + words.title[1:] if words else rule.id}"


if __name__ == "__main__":
    DOCUMENT.write_text(document(), "utf-8")
