"""The policy-gradient loss: a device for its gradient, whose value says nothing."""

from math import log

from ..base import Contract, Loss, Operand, Readings, Setting
from ..forms import reduced


def readings(_: Loss, setting: Setting) -> Readings:
    """0 with normalised advantages; with raw returns and an even policy, ln(actions) times their mean. No floor."""
    if setting.target is None or setting.classes is None:
        return reduced(setting, 0.0, None, None, "advantages-normalised", "sign-means-nothing")
    return reduced(setting, log(setting.classes) * setting.target.mean, None, None, "sign-means-nothing")


LOSS: Loss = Loss(
    id="policy-gradient",
    family="reinforcement",
    tasks=("rl",),
    aliases=("reinforce", "a2c", "actor", "policy_loss", "actor_loss", "pg_loss"),
    formula="−mean ln π(a|s)·A",
    contract=Contract(
        prediction=Operand("log-probabilities", "(N,)", "float", "≤ 0 for discrete actions"),
        target=Operand("advantages", "(N,)", "float", "any; mostly scaled to mean 0, deviation 1"),
        silent=("advantage-keeps-gradient", "sign-flipped", "reward-minimised", "broadcast"),
    ),
    readings=readings,
    direction=0,
    outliers="sensitive",
    implementation="torch.distributions.Categorical",
    code="loss = -(Categorical(logits=logits).log_prob(actions) * advantages.detach()).mean()",
    curve=lambda log_probability: -log_probability,
    curve_range=(-4.0, 0.0),
    metrics=("episode-return", "entropy", "explained-variance"),
)
