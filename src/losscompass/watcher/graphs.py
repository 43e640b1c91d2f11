"""What is told of a loss and of its graph when it is X-rayed."""

import weakref
from collections import Counter
from collections.abc import Callable, Iterator
from time import perf_counter
from typing import Any, Final

from . import facts
from .ahead import looks_ahead
from .among_samples import divided_among_samples
from .astray import softmax_astray
from .batches import first_tensor
from .broadcast import repeated
from .budget import Budget
from .by_hand import ByHand
from .contract import CRITERIA, LOOKED_AT, arguments, describe, echoes, padded
from .coverage import Coverage
from .definitions import line_of
from .fed import fed
from .forward import Forward
from .handmade import asked
from .layout import scrambled_view
from .loss_graph import (
    ATTENDING,
    attention,
    constant_term,
    divergence,
    fragile_operations,
    operations_above,
    total_weight,
)
from .losses import BackwardSite, Losses, LossSite, Pending
from .outputs import Outputs, compared
from .places import Places, Spot
from .squashed import longest_run
from .telling import Telling
from .xray import LINEAR, SHAPING, Xray, all_nodes, chain, operation, scale_of, walk

ACTIVATIONS: Final = {"Relu": "ReLU", "Sigmoid": "Sigmoid", "Tanh": "Tanh"}
"""Operations that keep their output for the backward, and the module of the same kind."""


_FORECASTS: Final = 4
"""Batches of which it is asked whether their input has seen the time that is to be forecast."""


class Graphs:
    """Tells `loss-call` and `graph` events, and learns of each backward what it is made of."""

    def __init__(
        self,
        torch: Any,
        places: Places,
        telling: Telling,
        losses: Losses,
        forward: Forward,
        coverage: Coverage,
        budget: Budget,
    ) -> None:
        self._torch = torch
        self._telling = telling
        self._losses = losses
        self._forward = forward
        self._places = places
        self._coverage = coverage
        self._budget = budget
        self._loss_known = False
        self.on_activation: Callable[[str, Any, Spot], None] | None = None  # of a function: its kind, output and line
        self._criteria: dict[str, list[Spot | None]] = {}  # where the modules of each loss function were made
        self._given: Any = None  # what the model was given, weak
        self._forecasts = 0  # how often a forecast's input was asked for what it has seen
        self.by_hand = ByHand()

    def criterion(self, kind: str, spot: Spot | None) -> None:
        """A loss module of torch's own was made."""
        function = CRITERIA.get(kind)
        if function is not None and len(self._criteria.setdefault(function, [])) < 2:
            self._criteria[function].append(spot)

    def entered(self, args: tuple[Any, ...]) -> None:
        """The outermost module was called, on a step that is looked at."""
        given = first_tensor(self._torch, args)
        rows = given is not None and given.dim() in (2, 3) and not given.requires_grad
        self._given = weakref.ref(given) if rows else None

    def _against_input(self, target: Any) -> dict[str, float]:
        """How much of the target is what the model itself was given."""
        given = None if self._given is None else self._given()
        if given is None or not isinstance(target, self._torch.Tensor) or target.dtype != given.dtype:
            return {}
        return echoes(given, target.detach()) if max(given.numel(), target.numel()) <= LOOKED_AT else {}

    def _filled_up(self, target: Any) -> dict[str, float]:
        """How much of the target only fills rows up to one length."""
        given = None if self._given is None else self._given()
        if given is None or not isinstance(target, self._torch.Tensor) or given.dim() < 2 or given.is_complex():
            return {}
        share = padded(given.detach(), target.detach()) if max(given.numel(), target.numel()) <= LOOKED_AT else 0.0
        figures: dict[str, float] = {"padded": share} if share else {}
        if self._forecasts < _FORECASTS and given.dim() == 3:
            self._forecasts += 1
            figures |= looks_ahead(self._torch, given.detach(), target.detach())
        return figures

    def _asked(self, root: Any, answer: Any) -> dict[str, float]:
        """What a distance that was written by hand asks for. `answer`: numbers of the model, and their place in the graph."""
        rows = 0 if answer is None or not answer[0].dim() else int(answer[0].shape[0])
        found = asked(self._torch, root, answer[0], answer[1], rows) if rows else None
        if found is None or found[0] != "number" or found[2].numel() > LOOKED_AT or not found[2].numel():
            return {}
        filled = self._filled_up(found[2])
        numbers = found[2][found[2] != found[2][:, -1].mode().values] if "padded" in filled else found[2]
        numbers = numbers.double() if numbers.device.type != "mps" else numbers.float()
        return {"asked_mean": float(numbers.mean()), "asked_std": float(numbers.std(correction=0)), **filled}

    def loss_call(self, site: LossSite, args: tuple[Any, ...], kwargs: dict[str, Any], made: Any, phase: str) -> None:
        """What a loss function was given, and what made it."""
        began = perf_counter()
        data: dict[str, Any] = {"site": site.number, "function": site.function, "phase": phase}
        data |= describe(self._torch, site.function, args, kwargs)
        if made.numel() == 1:
            data["value"] = float(made.detach())
        made_by, target = arguments(args, kwargs)
        data |= self._against_input(target)
        if phase == "train":
            data |= self._filled_up(target)
        applied = feeding = None
        if phase == "train" and site.function in ("cross_entropy", "nll_loss") and made.grad_fn is not None:
            given, node = fed(all_nodes(made.grad_fn), target) if isinstance(target, self._torch.Tensor) else ({}, None)
            data |= given
            feeding = None if node is None else self._forward.lines.of(node)
        if isinstance(made_by, self._torch.Tensor):
            nodes = chain(made_by.grad_fn)
            data["input_ops"] = tuple(operation(node) for node in nodes)
            bending = next((node for node in nodes if operation(node) not in SHAPING), None)
            applied = None if bending is None else self._forward.lines.of(bending)
        made_at = self._criteria.get(site.function, ())
        self._telling.event(
            "loss-call",
            data,
            at=site.spot,
            input_op=applied,
            made=made_at[0] if len(made_at) == 1 else None,
            fed=feeding,
        )
        if phase == "train" and not self._loss_known:
            self._loss_known = True
            for name, value in facts.of_the_loss(site.function, data):
                self._telling.fact(name, value)
        share = data.get("target_nonfinite", 0.0)
        if share > 0:
            self._telling.nonfinite("target", site.function, share, phase, site.spot)
        self._budget.charge(began)

    def backward(self, root: Any, site: BackwardSite, outputs: Outputs, answer: Any = None) -> None:
        """The X-ray of a loss that is about to be back-propagated. `answer`: what a model made last, if that is known."""
        began = perf_counter()
        node = root.grad_fn
        seen = Xray() if node is None else walk(node)
        if node is None and root.requires_grad:
            seen.leaves.append(root)
        mine = [one for one in self._losses.pending if one.node is not None and one.node in seen.known]
        if node is not None:
            self._learn(root, site, mine)
        site.reaches = self._coverage.reached(seen.leaves)
        self.by_hand.reached(seen.leaves)
        data: dict[str, Any] = {
            "site": site.number,
            "variable": site.variable,
            "nodes": seen.nodes,
            "truncated": seen.truncated,
            "loss_nodes": len(seen.loss_nodes),
            "earlier_losses": max(0, len(seen.loss_nodes) - max(1, len(mine))),
            "parameters": len(seen.leaves),
            "root_is_leaf": node is None,
            "linear_layers": seen.linear_layers,
            "nonlinearities": seen.nonlinearities,
            "linear_run": seen.linear_run,
            "ops": tuple(f"{name}×{count}" for name, count in seen.ops.most_common(24)),
            "parts": tuple(self._losses.part_name(one) for one, _ in site.parts),
        }
        if site.factor is not None:
            data["scaled_by"] = site.factor
        if root.numel() == 1:
            data["value"] = float(root.detach())
        nodes = [] if node is None else all_nodes(node)
        self._activations(nodes)
        layer, earlier = self._neighbours(seen)
        astray = softmax_astray(nodes)
        if astray is not None:
            data |= {"astray_op": operation(astray.node), "astray_axis": astray.axis, "astray_axes": astray.axes}
        data["squashed_run"], squashed = longest_run(nodes)
        divided = divided_among_samples(nodes)
        pairs = None if node is None else repeated(node)
        if pairs is not None:
            data |= {"pairs_of": pairs.one, "pairs_with": pairs.other, "pairs": pairs.made}
        data["compares"], comparison = compared(nodes, outputs.keys())
        outputs.compares = outputs.compares or data["compares"]
        mixed = scrambled_view(nodes, self._forward.lines)
        if mixed is not None:
            data |= mixed.figures()
        weak = [] if node is None else fragile_operations(node)
        cut, data["repeated_cuts"] = self._forward.lines.repeated_cut()
        if node is not None:
            data["root_ops"] = tuple(operations_above(node))
            if not seen.loss_nodes and (weight := total_weight(node)) is not None:
                data["total_weight"] = weight
                data |= self._asked(root, answer)
            data["fragile"] = tuple(f"{name}×{count}" for name, count in Counter(map(operation, weak)).items())
            data["attention"] = attention(self._torch, nodes, seen.ops)
            told = divergence(node) if seen.ops["Exp"] else None
            if told is not None:
                data["kl_parted"] = told.parted
            if told is not None and told.weight is not None:
                data["kl_weight"], data["kl_turned"] = abs(told.weight), told.weight < 0
            data["registered"] = sum(self._forward.name_of(leaf) is not None for leaf in seen.leaves)
            data["holders"] = len(site.reaches)
        lost = None if node is None else self._lost(node)
        constant = None if node is None else self._constant_part(node)
        if constant is not None:
            data["constant_part"] = constant[0]
        lines = self._forward.lines
        self._telling.event(
            "graph",
            data,
            at=site.spot,
            layer=layer,
            earlier_layer=earlier,
            astray=None if astray is None else self._softmax_spot(astray.node),
            fragile=next((spot for one in weak if (spot := lines.of(one)) is not None), None),
            repeated_cut=cut,
            constant_part=None if constant is None else constant[1],
            drawn=lines.drawn() if data.get("kl_parted") else None,
            among_samples=None if divided is None else self._shared_spot(divided) or site.spot,
            squashed=None if squashed is None else lines.of(squashed),
            pairs=None if pairs is None else lines.of(pairs.node),
            lost=lost,
            cut=lines.new_leaf() if not data.get("registered", 1) else None,
            compared=None if comparison is None else lines.of(comparison),
            scrambled=None if mixed is None else mixed.spot,
            attention=self._attending(nodes, data["attention"]) if data.get("attention") else None,
            outermost=None if node is None else self._outermost(node),
        )
        self._budget.charge(began)

    def _softmax_spot(self, node: Any) -> Spot | None:
        """Where a softmax is applied; where it is a layer, the line that makes it, if there is one only."""
        spot, name = self._forward.lines.of(node), operation(node)
        place = self._places.place(spot)
        if place is not None and "softmax" not in place[2].lower():
            return line_of(self._places, spot, f"{name}(") or spot
        return spot

    def _shared_spot(self, node: Any) -> Spot | None:
        """Where something is divided along the samples."""
        return self._softmax_spot(node) if operation(node) == "Softmax" else self._forward.lines.of(node)

    def inputs_of(self, root: Any) -> Iterator[Any]:
        """The data that a graph was computed from: what its products have saved for the gradients of their weights."""
        for node in all_nodes(root.grad_fn):
            if operation(node) not in LINEAR:
                continue
            for name in ("_saved_mat1", "_saved_input", "_saved_self", "_saved_mat2"):
                saved = getattr(node, name, None)
                if isinstance(saved, self._torch.Tensor) and saved.grad_fn is None and not saved.requires_grad:
                    yield saved

    def _attending(self, nodes: list[Any], kind: str) -> Spot | None:
        """Where the scores of an attention become shares, or, where its mask is turned around, where it is masked."""
        begin = ("MaskedFill", "ScaledDotProduct") if kind == "reversed" else ATTENDING
        fitting = (node for node in nodes if operation(node).startswith(begin))
        return next((spot for node in fitting if (spot := self._forward.lines.of(node)) is not None), None)

    def _lost(self, root: Any) -> Spot | None:
        """The line that cuts the history of a term of the loss, where a term has none."""
        found = constant_term(root)
        if found is None:
            return None
        lines = self._forward.lines
        return lines.lost_probability() or lines.cut_term(lines.of(found[0]), found[1])

    def _constant_part(self, root: Any) -> tuple[str, Spot] | None:
        """A part of the loss that has no history, though its name says that it is one; and the line that makes it."""
        found = constant_term(root)
        lines = self._forward.lines
        names = set() if found is None else lines.terms(lines.of(found[0]), found[1])
        named = {name for name in names if "loss" in name.lower()}
        made = lines.makes(named) if len(named) == 1 else None
        return None if made is None else (named.pop(), made)

    def _outermost(self, node: Any) -> Spot | None:
        """Where the last operation of the loss was applied, by whoever wrote the loss."""
        for _ in range(4):
            spot = self._forward.lines.of(node)
            if spot is not None:
                return spot
            node = next((child for child, _ in node.next_functions if child is not None), None)
            if node is None:
                break
        return None

    def _learn(self, root: Any, site: BackwardSite, mine: list[Pending]) -> None:
        """Which losses a backward is made of, and what they are multiplied with."""
        if not mine and not self._losses.xray_open and self._losses.pending:
            last = self._losses.pending[-1]
            mine = [last] if last.ref() is root else []
        if not mine and site.calls:
            return  # what was learned before still holds
        times: dict[int, int] = {}
        sites: dict[int, LossSite] = {}
        for one in mine:
            times[one.site.number] = times.get(one.site.number, 0) + 1
            sites[one.site.number] = one.site
        site.parts = tuple((sites[number], count) for number, count in times.items())
        targets = {one.node for one in mine if one.node is not None}
        scaled = scale_of(root.grad_fn, targets) if targets else None
        site.single = scaled is not None and len(mine) == 1
        site.factor = None if scaled is None else scaled[0]

    def _activations(self, nodes: list[Any]) -> None:
        """The outputs of activation functions: those of modules are seen by the hooks on modules."""
        for node in nodes:
            kind = operation(node)
            if kind not in ACTIVATIONS:
                continue
            spot = self._forward.lines.of(node)
            if (
                spot is not None
                and self.on_activation is not None
                and self._forward.lines.holds(spot, f"{kind.lower()}(")
            ):
                self.on_activation(ACTIVATIONS[kind], node._saved_result, spot)

    def _neighbours(self, seen: Xray) -> tuple[Spot | None, Spot | None]:
        """Where the last two linear layers of the longest run are called, the later first, if that was seen."""
        node, spots = seen.run_node, []
        for _ in range(64 if node is not None else 0):
            if operation(node) in LINEAR and (spot := self._forward.lines.of(node)) is not None:
                spots.append(spot)
            children = (child for child, _ in node.next_functions if child is not None)
            inner = next((child for child in children if operation(child) not in ("AccumulateGrad", "T")), None)
            if inner is None or len(spots) == 2:
                break
            node = inner
        return (spots[0] if spots else None), (spots[1] if len(spots) > 1 else None)
