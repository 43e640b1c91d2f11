"""The box losses beside boxes written out one by one, as the papers' sentences have them."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

torch = pytest.importorskip("torch", reason="losscompass.functional needs torch")

from losscompass.functional import ciou_loss, diou_loss, giou_loss, iou_loss  # noqa: E402

LOSSES = (iou_loss, giou_loss, diou_loss, ciou_loss)
RANGE = {iou_loss: 1.0, giou_loss: 2.0, diou_loss: 2.0, ciou_loss: 2.5}


def on_paper(name, a, b, alpha=None):
    """One pair of proper boxes, in plain Python; α may be held at a value."""
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    shared = width * height if width > 0 and height > 0 else 0.0
    (wa, ha), (wb, hb) = ((x[2] - x[0], x[3] - x[1]) for x in (a, b))
    union = wa * ha + wb * hb - shared
    iou = shared / union
    hull = max(a[2], b[2]) - min(a[0], b[0]), max(a[3], b[3]) - min(a[1], b[1])
    if name == "iou_loss":
        return 1 - iou
    if name == "giou_loss":
        return 1 - iou + (hull[0] * hull[1] - union) / (hull[0] * hull[1])
    centres = [((x[0] + x[2]) / 2, (x[1] + x[3]) / 2) for x in (a, b)]
    far = math.dist(*centres) ** 2 / (hull[0] ** 2 + hull[1] ** 2)
    if name == "diou_loss":
        return 1 - iou + far
    v = 4 / math.pi**2 * (math.atan(wb / hb) - math.atan(wa / ha)) ** 2
    if alpha is None:
        alpha = v / (1 - iou + v) if v else 0.0
    return 1 - iou + far + alpha * v


def weight_of_shape(a, b):
    """α of CIoU, from its difference to DIoU."""
    v = 4 / math.pi**2 * (math.atan((b[2] - b[0]) / (b[3] - b[1])) - math.atan((a[2] - a[0]) / (a[3] - a[1]))) ** 2
    return v / (on_paper("iou_loss", a, b) + v) if v else 0.0


def boxes(count, draw, near=None):
    corner = torch.rand(count, 2, generator=draw, dtype=torch.float64) * 50
    size = torch.rand(count, 2, generator=draw, dtype=torch.float64) * 30 + 2
    if near is not None:
        corner = near[:, :2] + torch.randn(count, 2, generator=draw, dtype=torch.float64) * 3
    return torch.cat([corner, corner + size], 1)


@pytest.mark.parametrize("loss", LOSSES)
def test_the_value_is_the_papers(loss, draw):
    target = boxes(300, draw)
    prediction = torch.cat([boxes(150, draw, near=target[:150]), boxes(150, draw)])
    expected = [on_paper(loss.__name__, a, b) for a, b in zip(prediction.tolist(), target.tolist(), strict=True)]
    got = loss(prediction, target, reduction="none")
    torch.testing.assert_close(got, torch.tensor(expected, dtype=torch.float64), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("loss", LOSSES)
def test_the_gradient_is_the_papers_with_the_trade_off_held_constant(loss, draw):
    target = boxes(40, draw)
    prediction = boxes(40, draw, near=target).requires_grad_()
    (gradient,) = torch.autograd.grad(loss(prediction, target, reduction="sum"), prediction)
    step = 1e-5
    for a, b, slope in zip(prediction.tolist(), target.tolist(), gradient.tolist(), strict=True):
        alpha = weight_of_shape(a, b)
        for corner in range(4):
            up, down = list(a), list(a)
            up[corner] += step
            down[corner] -= step
            rise = on_paper(loss.__name__, up, b, alpha) - on_paper(loss.__name__, down, b, alpha)
            assert slope[corner] == pytest.approx(rise / (2 * step), rel=1e-5, abs=1e-7)


@pytest.mark.parametrize("loss", [iou_loss, giou_loss, diou_loss])
@pytest.mark.parametrize("dim", [0, -1])
def test_gradcheck(loss, dim, draw):
    target = boxes(12, draw)
    prediction = boxes(12, draw, near=target)
    if dim == 0:
        prediction, target = prediction.T.contiguous(), target.T.contiguous()
    prediction.requires_grad_()
    target.requires_grad_()
    assert torch.autograd.gradcheck(lambda p, t: loss(p, t, dim=dim, reduction="none"), (prediction, target))


@pytest.mark.parametrize("loss", LOSSES)
def test_coordinates_first_or_last_is_the_same(loss, draw):
    target, prediction = boxes(60, draw), boxes(60, draw)
    rows = loss(prediction, target, reduction="none")
    assert torch.equal(rows, loss(prediction.T, target.T, dim=0, reduction="none"))
    shaped = loss(prediction.view(3, 20, 4), target.view(3, 20, 4), reduction="none")
    assert torch.equal(rows.view(3, 20), shaped)


@pytest.mark.parametrize("scale", [0.25, 0.5, 0.9])
def test_concentric_boxes_of_one_shape_read_one_minus_the_square_of_the_scale(scale):
    target = torch.tensor([[-4.0, -2.0, 4.0, 2.0]], dtype=torch.float64)
    for loss in LOSSES:
        assert loss(scale * target, target).item() == pytest.approx(1 - scale**2, rel=1e-12)


@pytest.mark.parametrize("shift", [0.1, 0.5])
def test_shifted_boxes_of_one_size(shift):
    target = torch.tensor([[0.0, 0.0, 1.0, 1.0]], dtype=torch.float64)
    shared, enclosing = (1 - shift) ** 2, (1 + shift) ** 2
    union = 2 - shared
    expected = 1 - shared / union
    assert iou_loss(target + shift, target).item() == pytest.approx(expected)
    assert giou_loss(target + shift, target).item() == pytest.approx(expected + (enclosing - union) / enclosing)
    assert diou_loss(target + shift, target).item() == pytest.approx(expected + shift**2 / enclosing)
    assert ciou_loss(target + shift, target).item() == pytest.approx(expected + shift**2 / enclosing)


coordinate = st.floats(-1e18, 1e18) | st.floats(-1, 1) | st.sampled_from([0.0, 1.0, 1e-38, 640.0])
corners = st.lists(coordinate, min_size=4, max_size=4)


@settings(max_examples=200, deadline=None)
@given(corners, corners | st.none())
def test_any_corners_give_a_finite_value_in_range_and_a_finite_gradient(first, second):
    prediction = torch.tensor([first], dtype=torch.float32, requires_grad=True)
    target = torch.tensor([first if second is None else second], dtype=torch.float32)
    for loss in LOSSES:
        value = loss(prediction, target)
        (gradient,) = torch.autograd.grad(value, prediction)
        assert gradient.isfinite().all()
        assert -1e-6 <= value.item() <= RANGE[loss] + 1e-5


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("box", [[1, 1, 1, 1], [0, 0, 5, 0], [50, 50, 10, 10]], ids=["point", "line", "swapped"])
def test_a_box_without_area_never_reads_as_a_match(loss, box):
    box = torch.tensor([box], dtype=torch.float32)
    assert loss(box, box).item() >= 1


@pytest.mark.parametrize("loss", LOSSES)
def test_small_boxes_in_relative_coordinates_match(loss):
    # An additive constant in the denominator, as others have, reads 0.9 here.
    box = torch.tensor([[0.5, 0.5, 0.5001, 0.5001]], dtype=torch.float32)
    assert loss(box, box).item() == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_is_computed_in_single(loss, dtype):
    target = torch.tensor([[0, 0, 512, 384]], dtype=dtype)  # an area beyond float16
    prediction = (target * 0.5).requires_grad_()
    value = loss(prediction, target)
    assert value.dtype == torch.float32
    assert value.item() == pytest.approx(loss(prediction.double(), target.double()).item(), rel=1e-5)
    assert torch.autograd.grad(value, prediction)[0].isfinite().all()


@pytest.mark.parametrize("loss", LOSSES)
def test_nan_is_not_hidden(loss):
    box = torch.tensor([[0.0, 0.0, 1.0, 1.0]])
    assert loss(torch.full_like(box, math.nan), box).isnan()


@pytest.mark.parametrize("loss", LOSSES)
def test_it_compiles_as_one_graph(loss, draw):
    target, prediction = boxes(20, draw), boxes(20, draw)
    compiled = torch.compile(loss, fullgraph=True, backend="eager")
    torch.testing.assert_close(compiled(prediction, target), loss(prediction, target))


@pytest.mark.parametrize("loss", LOSSES)
def test_reductions(loss, draw):
    target, prediction = boxes(8, draw), boxes(8, draw)
    values = loss(prediction, target, reduction="none")
    assert torch.equal(loss(prediction, target, reduction="sum"), values.sum())
    torch.testing.assert_close(loss(prediction, target), values.mean())
    nothing = torch.zeros(0, 4, requires_grad=True)
    assert loss(nothing, nothing).item() == 0
    loss(nothing, nothing).backward()
    with pytest.raises(ValueError, match="avg"):
        loss(prediction, target, reduction="avg")


def test_shapes_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="4 corners"):
        ciou_loss(torch.zeros(4, 3), torch.zeros(4, 3))
    with pytest.raises(ValueError, match="same shape"):
        ciou_loss(torch.zeros(4, 4), torch.zeros(1, 4))
