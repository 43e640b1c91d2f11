import math

import pytest

torch = pytest.importorskip("torch", reason="losscompass.functional needs torch")

from torch.nn.functional import binary_cross_entropy_with_logits  # noqa: E402

from losscompass.functional import ciou_loss, detection_loss, distribution_focal_loss  # noqa: E402

IMAGES, ANCHORS, CLASSES, BINS = 2, 30, 5, 16


@pytest.fixture
def batch(draw):
    def random(*shape):
        return torch.rand(*shape, generator=draw, dtype=torch.float64)

    scores = random(IMAGES, ANCHORS, CLASSES) * (random(IMAGES, ANCHORS, CLASSES) > 0.9)
    corner = random(IMAGES, ANCHORS, 2) * 50
    boxes = torch.cat([corner, corner + 5 + random(IMAGES, ANCHORS, 2) * 20], -1)
    return {
        "class_logits": torch.randn(IMAGES, ANCHORS, CLASSES, generator=draw, dtype=torch.float64),
        "target_scores": scores,
        "boxes": boxes + random(IMAGES, ANCHORS, 4),
        "target_boxes": boxes,
        "side_logits": torch.randn(IMAGES, ANCHORS, 4, BINS, generator=draw, dtype=torch.float64),
        "target_sides": random(IMAGES, ANCHORS, 4) * (BINS - 1),
    }


def test_each_part_written_out_anchor_by_anchor(batch):
    parts = detection_loss(**batch)
    scores = batch["target_scores"]
    whole = max(scores.sum().item(), 1)
    box = sides = classes = 0.0
    for image in range(IMAGES):
        for anchor in range(ANCHORS):
            one = {name: value[image, anchor] for name, value in batch.items()}
            weight = one["target_scores"].sum().item()
            for logit, score in zip(one["class_logits"], one["target_scores"], strict=True):
                classes += binary_cross_entropy_with_logits(logit, score).item() / whole
            if weight:
                box += weight * ciou_loss(one["boxes"], one["target_boxes"]).item() / whole
                sides += weight * distribution_focal_loss(one["side_logits"], one["target_sides"]).item() / whole
    assert parts.box.item() == pytest.approx(7.5 * box)
    assert parts.classification.item() == pytest.approx(0.5 * classes)
    assert parts.distribution.item() == pytest.approx(1.5 * sides)
    assert parts.total.item() == pytest.approx(sum(part.item() for part in parts))


def test_box_and_sides_do_not_depend_on_the_batch_size(batch):
    once = detection_loss(**batch)
    twice = detection_loss(**{name: torch.cat([value, value]) for name, value in batch.items()})
    torch.testing.assert_close(once.box, twice.box)
    torch.testing.assert_close(once.distribution, twice.distribution)


def test_an_untrained_head_reads_what_the_catalogue_says(batch):
    batch["side_logits"] = torch.zeros_like(batch["side_logits"])
    assert detection_loss(**batch).distribution.item() == pytest.approx(1.5 * math.log(BINS))


@pytest.mark.parametrize("images", [1, 4])
def test_without_objects_only_the_classes_are_read_and_grow_with_the_batch(images):
    anchors = 8400
    strides = torch.cat([torch.full((n,), float(s)) for s, n in ((8, 6400), (16, 1600), (32, 400))])
    prior = (5 / 80 / (640 / strides) ** 2).double()
    logits = torch.logit(prior)[:, None].expand(images, anchors, 80).clone().requires_grad_()
    nothing = torch.zeros(images, anchors, 80, dtype=torch.float64)
    boxes = torch.zeros(images, anchors, 4, dtype=torch.float64, requires_grad=True)
    parts = detection_loss(logits, nothing, boxes, torch.zeros_like(boxes))
    assert parts.box.item() == 0
    assert parts.distribution.item() == 0
    assert parts.classification.item() == pytest.approx(7.5 * images, rel=0.01)
    for gradient in torch.autograd.grad(parts.total, [logits, boxes]):
        assert gradient.isfinite().all()


def test_a_background_anchor_cannot_disturb_the_boxes(batch):
    before = detection_loss(**batch)
    background = batch["target_scores"].sum(-1) == 0
    for name in ("boxes", "side_logits"):
        batch[name] = batch[name].clone()
        batch[name][background] = math.inf
    after = detection_loss(**batch)
    assert before.box == after.box
    assert before.distribution == after.distribution


def test_gradcheck(batch):
    inputs = [batch[name][:, :6].clone().requires_grad_() for name in ("class_logits", "side_logits")]
    fixed = {name: batch[name][:, :6] for name in ("target_scores", "boxes", "target_boxes", "target_sides")}
    fixed["target_scores"] = (fixed["target_scores"] + 0.1 * torch.eye(6, CLASSES)).clamp(max=1)

    def total(class_logits, side_logits):
        return detection_loss(class_logits=class_logits, side_logits=side_logits, **fixed).total

    assert torch.autograd.gradcheck(total, inputs)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_is_finite_and_single(batch, dtype):
    half = {name: value.to(dtype) * (100 if "boxes" in name else 1) for name, value in batch.items()}
    for part in detection_loss(**half):
        assert part.dtype == torch.float32
        assert part.isfinite()


def test_what_does_not_fit_is_refused(batch):
    with pytest.raises(ValueError, match="together"):
        detection_loss(**{name: value for name, value in batch.items() if name != "target_sides"})
    with pytest.raises(ValueError, match="must agree"):
        detection_loss(**{**batch, "target_scores": batch["target_scores"][..., :1]})
