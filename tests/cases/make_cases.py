"""Writes the case logs beside it: `python tests/cases/make_cases.py`. Synthetic throughout, the same at every run.

A case is a CSV log whose first comment lines say what losscompass must make of it:

    # case: one line on what it is
    # expect: overfitting                 (the rule of its folder must fire; "expect-not" in a near-miss)
    # onset: 12 ± 2                       (optional, on the log's axis)
    # option: classes=10                  (optional: what the user tells; several lines allowed)

Logs in `healthy/` must be silent at warning and above, under every rule.
"""

from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
E = np.arange(40)  # epochs
S = np.arange(0, 2000, 10)  # steps


def write(folder, name, columns, *lines):
    rows = [[f"{x:.6g}" if np.isfinite(x) else str(x) for x in row] for row in zip(*columns.values(), strict=True)]
    path = HERE / folder / f"{name}.csv"
    path.parent.mkdir(exist_ok=True)
    text = [f"# {line}" for line in lines] + [",".join(columns)] + [",".join(row) for row in rows]
    path.write_text("\n".join(text) + "\n", encoding="utf-8")


def noise(n, width, seed):
    return width * np.random.default_rng(seed).standard_normal(n)


def fall(x, start, floor, pace, width=0.005, seed=0):
    """An exponential descent with noise in proportion to its level."""
    level = floor + (start - floor) * np.exp(-x / pace)
    return level * (1 + noise(x.size, width, seed))


def fires(rule, name, what, columns, *lines):
    write(rule, name, columns, f"case: {what}", f"expect: {rule}", *lines)


def spares(rule, name, what, columns, *lines):
    write(rule, name, columns, f"case: {what}", f"expect-not: {rule}", *lines)


def healthy(name, what, columns, *lines):
    write("healthy", name, columns, f"case: {what}", *lines)


def values():
    fires(
        "chance-level-loss",
        "four-classes",
        "a loss glued to ln 4",
        {
            "epoch": E,
            "train_loss": np.log(4) + noise(40, 0.003, 1),
            "val_loss": np.log(4) + 0.004 + noise(40, 0.002, 2),
        },
        "onset: 0 ± 1",
    )
    fires(
        "chance-level-loss",
        "imbalanced-binary",
        "a loss glued to the entropy of classes 9:1",
        {"epoch": E, "train_loss": 0.3251 + noise(40, 0.001, 3)},
        "option: priors=0.9,0.1",
    )
    fires(
        "chance-level-loss",
        "unsteady",
        "steps too large: above ln 10 and swinging, accuracy at a tenth",
        {"epoch": E, "train_loss": 2.34 + np.abs(noise(40, 0.06, 100)), "train_acc": 0.1 + noise(40, 0.01, 101)},
    )
    spares(
        "chance-level-loss",
        "slow-four-classes",
        "four classes learned slowly, on the way past ln 3",
        {"epoch": E, "val_loss": fall(E, 1.386, 1.06, 14, seed=102), "val_acc": 0.45 - 0.2 * np.exp(-E / 14)},
    )
    spares(
        "chance-level-loss",
        "leaves-it",
        "starts at ln 10 and leaves it",
        {"epoch": E, "train_loss": fall(E, 2.3, 1.9, 20)},
    )
    spares(
        "chance-level-loss",
        "flat-elsewhere",
        "flat, but at no ln K",
        {"epoch": E, "train_loss": 1.25 + noise(40, 0.003, 4)},
    )

    fires(
        "chance-level-start",
        "ten-classes",
        "an untrained classifier of ten classes",
        {"step": S, "train_loss": fall(S, 2.32, 0.3, 400, seed=5), "train_acc": 1 - fall(S, 0.9, 0.1, 400, seed=6)},
        "onset: 0 ± 0",
    )
    spares(
        "chance-level-start",
        "pretrained",
        "starts well below ln 10",
        {"step": S, "train_loss": fall(S, 1.2, 0.3, 400, seed=7), "train_acc": 1 - fall(S, 0.5, 0.1, 400, seed=8)},
    )
    spares(
        "chance-level-start",
        "first-epoch-mean",
        "the mean of a first epoch is no start",
        {"epoch": E, "train_loss": fall(E, 2.3, 0.3, 8, seed=9), "train_acc": 1 - fall(E, 0.9, 0.1, 8, seed=10)},
    )

    fires(
        "initial-loss-off",
        "wide-head",
        "ten classes, a start of 20",
        {"step": S, "train_loss": fall(S, 20, 0.4, 100, seed=11)},
        "option: classes=10",
        "onset: 0 ± 0",
    )
    spares(
        "initial-loss-off",
        "default-head",
        "ten classes, ln 10 and a default head's 0.17",
        {"step": S, "train_loss": fall(S, 2.47, 0.4, 100, seed=12)},
        "option: classes=10",
    )

    fires(
        "constant-metric",
        "majority-class",
        "accuracy at the share of the largest class",
        {"epoch": E, "val_loss": 0.33 + noise(40, 0.003, 13), "val_acc": np.full(40, 0.9)},
    )
    spares(
        "constant-metric",
        "nearly-constant",
        "accuracy moves in its last digit",
        {"epoch": E, "val_loss": fall(E, 0.7, 0.3, 8, seed=14), "val_acc": 0.9 + 0.001 * (E % 3)},
    )
    spares(
        "constant-metric",
        "perfect",
        "accuracy stays at 1",
        {"epoch": E, "val_loss": fall(E, 0.7, 0.01, 5, seed=15), "val_acc": np.ones(40)},
    )

    fires(
        "negative-loss",
        "density",
        "a log-likelihood of densities",
        {"epoch": E, "train_loss": 3 - 5 * (1 - np.exp(-E / 8)) + noise(40, 0.01, 16)},
        "onset: 8 ± 3",
    )
    spares("negative-loss", "positive", "never below zero", {"epoch": E, "train_loss": fall(E, 2, 0.01, 8, seed=17)})

    blown = np.r_[2.3, 5.1, 40.0, np.full(37, 87.3365)]
    fires(
        "clamped-loss",
        "overflowed-softmax",
        "at -ln FLT_MIN from the fourth epoch on",
        {"epoch": E, "train_loss": blown},
        "onset: 3 ± 0",
    )
    spares(
        "clamped-loss", "passes-by", "passes 16 on the way down", {"epoch": E, "train_loss": fall(E, 40, 2, 6, seed=18)}
    )

    right = 0.1 + 0.85 * (1 - np.exp(-E / 10))
    fires(
        "softmax-before-cross-entropy",
        "ten-classes",
        "loss = ln(e + 9) - accuracy",
        {"epoch": E, "train_loss": np.log(np.e + 9) - right + noise(40, 0.004, 19), "train_acc": right},
    )
    spares(
        "softmax-before-cross-entropy",
        "proper",
        "a proper cross-entropy falls below 1.461",
        {"epoch": E, "train_loss": fall(E, 2.2, 0.15, 10, seed=20), "train_acc": right},
    )


def metrics():
    turned = np.where(E < 10, 2.0 - 0.15 * E, 0.65 + 0.03 * (E - 9)) + noise(40, 0.01, 21)
    fires(
        "overconfidence",
        "classifier",
        "loss turns at epoch 9, accuracy goes on",
        {"epoch": E, "val_loss": turned, "val_acc": 0.55 + 0.009 * E + noise(40, 0.002, 22)},
        "onset: 9 ± 3",
    )
    spares(
        "overconfidence",
        "both-turn",
        "accuracy falls with the loss: plain overfitting",
        {"epoch": E, "val_loss": turned, "val_acc": 0.8 - 0.005 * np.abs(E - 9) + noise(40, 0.002, 23)},
    )

    fires(
        "stalled-metric",
        "imbalance",
        "loss halves, accuracy stays at the largest class",
        {"epoch": E, "val_loss": fall(E, 0.7, 0.3, 8, seed=24), "val_acc": 0.71 + noise(40, 0.003, 25)},
    )
    spares(
        "stalled-metric",
        "follows",
        "accuracy rises by seven points",
        {
            "epoch": E,
            "val_loss": fall(E, 0.7, 0.3, 8, seed=26),
            "val_acc": 0.78 - 0.07 * np.exp(-E / 8) + noise(40, 0.003, 27),
        },
    )
    spares(
        "stalled-metric",
        "saturated",
        "accuracy is at 0.99 from the start",
        {"epoch": E, "val_loss": fall(E, 0.05, 0.02, 8, seed=28), "val_acc": 0.99 + noise(40, 0.001, 29)},
    )

    fid = np.where(E < 20, 200 - 8 * E, 48 + 3 * (E - 20)) + noise(40, 0.5, 30)
    fires(
        "generative-quality-divergence",
        "fid",
        "FID turns at epoch 20 while the loss falls",
        {"epoch": E, "train_loss": fall(E, 1.0, 0.2, 12, seed=31), "val_fid": fid},
        "onset: 20 ± 3",
    )
    spares(
        "generative-quality-divergence",
        "fid-falls",
        "FID falls with the loss",
        {
            "epoch": E,
            "train_loss": fall(E, 1.0, 0.2, 12, seed=32),
            "val_fid": 200 * np.exp(-E / 10) + 20 + noise(40, 0.5, 33),
        },
    )

    climb = np.where(S < 1200, S / 12, 100 - (S - 1200) / 10) + noise(S.size, 4, 34)
    fires(
        "reward-falling",
        "collapse",
        "a reward of 100 falls back to 20",
        {"step": S, "episode_reward": climb},
        "onset: 1200 ± 150",
    )
    spares(
        "reward-falling",
        "noisy-rise",
        "a noisy reward that goes on rising",
        {"step": S, "episode_reward": S / 20 + noise(S.size, 15, 35)},
    )

    total = fall(S, 5, 1, 300, seed=36)
    fires(
        "composite-part-stalled",
        "box-rises",
        "the box term rises while the sum falls",
        {
            "step": S,
            "loss": total,
            "box_loss": 1 + 0.6 * (1 - np.exp(-S / 300)) + noise(S.size, 0.01, 37),
            "cls_loss": fall(S, 4, 0.2, 250, seed=38),
        },
    )
    spares(
        "composite-part-stalled",
        "all-fall",
        "every term falls",
        {
            "step": S,
            "loss": total,
            "box_loss": fall(S, 1, 0.3, 300, seed=39),
            "cls_loss": fall(S, 4, 0.2, 250, seed=40),
        },
    )

    rising = 0.9 - 0.6 * np.exp(-E / 8) + noise(40, 0.003, 41)
    fires(
        "target-missed",
        "accuracy",
        "0.95 was asked for",
        {"epoch": E, "val_loss": fall(E, 2, 0.4, 8, seed=42), "val_acc": rising},
        "option: target=val_acc:0.95",
    )
    spares(
        "target-missed",
        "accuracy-met",
        "0.8 was asked for",
        {"epoch": E, "val_loss": fall(E, 2, 0.4, 8, seed=42), "val_acc": rising},
        "option: target=val_acc:0.8",
    )
    fires(
        "target-met",
        "loss",
        "a loss of 0.8 was asked for",
        {"epoch": E, "val_loss": fall(E, 2, 0.4, 8, seed=43)},
        "option: target=val/loss:0.8",
        "onset: 11 ± 2",
    )
    spares(
        "target-met",
        "loss-missed",
        "a loss of 0.1 was asked for",
        {"epoch": E, "val_loss": fall(E, 2, 0.4, 8, seed=43)},
        "option: target=val/loss:0.1",
    )


def logs():
    fires(
        "validation-not-logged",
        "train-only",
        "a training loss and nothing else",
        {"epoch": E, "train_loss": fall(E, 2, 0.4, 8, seed=44)},
    )
    spares(
        "validation-not-logged",
        "with-validation",
        "validation is there",
        {"epoch": E, "train_loss": fall(E, 2, 0.4, 8, seed=44), "val_loss": fall(E, 2.1, 0.5, 8, seed=45)},
    )

    rare = np.full(S.size, np.nan)
    rare[[60, 120, 180]] = [1.5, 1.1, 0.9]
    often = np.full(S.size, np.nan)
    often[::10] = fall(S[::10], 2.1, 0.5, 400, seed=46)
    fires(
        "sparse-validation",
        "three-points",
        "validation three times in two hundred rows",
        {"step": S, "train_loss": fall(S, 2, 0.4, 400, seed=47), "val_loss": rare},
    )
    spares(
        "sparse-validation",
        "twenty-points",
        "validation every tenth row",
        {"step": S, "train_loss": fall(S, 2, 0.4, 400, seed=47), "val_loss": often},
    )

    epochs, per = 8, 40
    batch = np.concatenate([2 * 0.8**k * (1 + noise(per, 0.3, 48 + k)) for k in range(epochs)])
    mean = np.concatenate([np.cumsum(part) / np.arange(1, per + 1) for part in np.split(batch, epochs)])
    at = {"epoch": np.repeat(np.arange(epochs), per), "step": np.arange(epochs * per)}
    fires(
        "running-mean-sawtooth",
        "progress-bar",
        "the mean of the epoch so far, reset every epoch",
        {**at, "train_loss": mean},
    )
    spares("running-mean-sawtooth", "batches", "the loss of each batch", {**at, "train_loss": batch})

    turned = np.where(E < 15, 2.0 * np.exp(-E / 8) + 0.3, 0.6 + 0.02 * (E - 15)) + noise(40, 0.005, 60)
    fires(
        "training-past-best",
        "turned",
        "best at epoch 14, 25 epochs more",
        {"epoch": E, "train_loss": fall(E, 2, 0.1, 10, seed=61), "val_loss": turned},
        "onset: 14 ± 3",
    )
    spares(
        "training-past-best",
        "flat-end",
        "levelled off, nothing lost",
        {"epoch": E, "train_loss": fall(E, 2, 0.3, 6, seed=62), "val_loss": fall(E, 2.1, 0.4, 6, seed=63)},
    )


def rates():
    warm = np.minimum(S / 1000, 1) * 1e-2
    broke = np.where(S < 600, fall(S, 5, 2, 200, seed=64), 2 + (S - 600) / 200 + noise(S.size, 0.05, 65))
    fires(
        "learning-rate-too-high",
        "warm-up",
        "falls until the rate reaches 6e-3, then climbs",
        {"step": S, "train_loss": broke, "lr": warm},
        "onset: 650 ± 60",
    )
    spares(
        "learning-rate-too-high",
        "warm-up-borne",
        "falls through the whole warm-up",
        {"step": S, "train_loss": fall(S, 5, 2, 400, seed=66), "lr": warm},
    )
    spares(
        "learning-rate-too-high",
        "diverges-later",
        "climbs long after the rate has come down again",
        {
            "step": S,
            "train_loss": np.where(S < 1500, fall(S, 5, 2, 200, seed=64), 2 + (S - 1500) / 50.0),
            "lr": np.where(S < 500, warm, 1e-4),
        },
    )

    line = 5 - 0.00005 * S + noise(S.size, 0.002, 67)
    fires(
        "learning-rate-too-low",
        "creeping",
        "a rate of 1e-8 and a straight line",
        {"step": S, "train_loss": line, "lr": np.full(S.size, 1e-8)},
    )
    fires(
        "learning-rate-too-low",
        "zero",
        "a rate of zero",
        {"step": S, "train_loss": 5 + noise(S.size, 0.02, 68), "lr": np.zeros(S.size)},
    )
    spares(
        "learning-rate-too-low",
        "usual-rate",
        "the same line at a rate of 1e-3",
        {"step": S, "train_loss": line, "lr": np.full(S.size, 1e-3)},
    )

    fires(
        "scheduler-misconfigured",
        "spent-early",
        "the rate is zero from the middle on",
        {"step": S, "train_loss": fall(S, 2, 0.4, 300, seed=69), "lr": np.maximum(1 - S / 1000, 0) * 1e-3},
        "onset: 1000 ± 20",
    )
    fires(
        "scheduler-misconfigured",
        "endless-warm-up",
        "the rate climbs to the last step",
        {"step": S, "train_loss": fall(S, 2, 0.4, 300, seed=70), "lr": 1e-6 + S * 1e-6},
    )
    spares(
        "scheduler-misconfigured",
        "cosine",
        "a cosine to zero at the end",
        {"step": S, "train_loss": fall(S, 2, 0.4, 300, seed=71), "lr": 5e-4 * (1 + np.cos(np.pi * S / S[-1]))},
    )
    spares(
        "scheduler-misconfigured",
        "steps",
        "a tenth at the half and at three quarters",
        {"step": S, "train_loss": fall(S, 2, 0.4, 300, seed=72), "lr": 0.1 * 0.1 ** (S // 1000) * 0.1 ** (S // 1500)},
    )


def well():
    acc = 0.92 - 0.8 * np.exp(-E / 7)
    healthy(
        "classifier",
        "ten classes, 40 epochs, converged",
        {
            "epoch": E,
            "train_loss": fall(E, 2.2, 0.2, 6, seed=80),
            "val_loss": fall(E, 2.1, 0.28, 6, 0.01, 81),
            "val_acc": acc + noise(40, 0.003, 82),
        },
    )
    healthy(
        "still-improving",
        "stopped while falling",
        {"epoch": E, "train_loss": fall(E, 2.2, 0.2, 25, seed=83), "val_loss": fall(E, 2.25, 0.3, 26, 0.01, 84)},
    )
    healthy(
        "dropout",
        "validation below training",
        {"epoch": E, "train_loss": fall(E, 2.2, 0.5, 7, seed=85), "val_loss": fall(E, 2.0, 0.35, 7, 0.01, 86)},
    )
    cosine = 5e-4 * (1 + np.cos(np.pi * S / S[-1]))
    cosine[:10] *= np.arange(1, 11) / 10
    healthy(
        "language-model",
        "per-step loss with warm-up and cosine decay",
        {
            "step": S,
            "train_loss": 2.5 + 8.3 * (1 + S / 40) ** -0.5 + noise(S.size, 0.04, 87),
            "lr": cosine,
            "grad_norm": 1 + np.abs(noise(S.size, 0.2, 88)),
        },
    )
    healthy(
        "regression",
        "mean squared error of a standardised target",
        {"epoch": E, "train_loss": fall(E, 1.0, 0.12, 8, seed=89), "val_loss": fall(E, 1.0, 0.15, 8, 0.01, 90)},
    )
    healthy("noisy-batches", "batches of one sample", {"step": S, "train_loss": fall(S, 0.7, 0.3, 300, 0.25, 91)})
    healthy(
        "detector",
        "three terms that all fall",
        {
            "epoch": E,
            "train_box_loss": fall(E, 2, 0.8, 10, seed=92),
            "train_cls_loss": fall(E, 4, 0.5, 8, seed=93),
            "train_dfl_loss": fall(E, 4.1, 0.9, 9, seed=94),
            "val_map": 0.5 * (1 - np.exp(-E / 9)) + noise(40, 0.004, 95),
        },
    )
    healthy(
        "agent",
        "a reward that rises and levels off",
        {"step": S, "episode_reward": 200 * (1 - np.exp(-S / 400)) - 100 + noise(S.size, 12, 96)},
    )


if __name__ == "__main__":
    for part in (values, metrics, logs, rates, well):
        part()
