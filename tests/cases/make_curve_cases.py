"""Writes the case logs of the shapes of curves: `python tests/cases/make_curve_cases.py`. Form: see `make_cases.py`."""

import numpy as np
from make_cases import E, S, fall, fires, noise, spares


def overfitting():
    turned = np.where(E < 12, fall(E, 2.3, 0.5, 5, seed=301), 0.66 + 0.02 * (E - 12)) * (1 + noise(40, 0.005, 302))
    fires(
        "overfitting",
        "turned",
        "validation turns at epoch 12 while training goes on",
        {"epoch": E, "loss": fall(E, 2.3, 0.05, 12, seed=303), "val_loss": turned},
        "onset: 12 ± 2",
    )
    first = 1.1 + 0.05 * np.arange(8)
    fires(
        "overfitting",
        "from-the-start",
        "eight evaluations, each worse than the one before",
        {"step": 500 * np.arange(1, 9), "loss": fall(np.arange(8), 0.9, 0.02, 2, seed=304), "eval_loss": first},
        "onset: 500 ± 1",
    )
    spares(
        "overfitting",
        "noisy",
        "a noisy validation that levels off",
        {"epoch": E, "loss": fall(E, 2.3, 0.3, 8, seed=305), "val_loss": fall(E, 2.3, 0.6, 6, width=0.05, seed=306)},
    )
    spares(
        "overfitting",
        "both-worse",
        "training and validation both climb",
        {"epoch": E, "loss": 0.5 + 0.05 * E + noise(40, 0.01, 307), "val_loss": 0.55 + 0.05 * E + noise(40, 0.01, 308)},
    )


def non_finite():
    broken = fall(E, 2.3, 0.4, 10, seed=310)
    broken[25:] = np.nan
    fires("non-finite-loss", "stays", "NaN from epoch 25 on", {"epoch": E, "loss": broken}, "onset: 25 ± 0")
    often = fall(E, 2.3, 0.4, 10, seed=311)
    often[[5, 6, 7, 15, 16]] = np.inf
    fires("non-finite-loss", "comes-back", "infinite again and again", {"epoch": E, "loss": often}, "onset: 5 ± 0")
    once = fall(E, 2.3, 0.4, 10, seed=312)
    once[11] = np.inf
    spares("non-finite-loss", "one-cell", "one infinite cell", {"epoch": E, "loss": once})


def divergence():
    away = fall(S, 2.3, 0.8, 200, width=0.02, seed=320)
    away[120:] *= np.exp(np.arange(80) / 20)
    fires("loss-divergence", "by-and-by", "climbs from step 1200 on", {"step": S, "loss": away}, "onset: 1200 ± 120")
    burst = fall(E, 4.5, 1.4, 2, width=0.02, seed=321)
    burst[8:] = 2.2 + noise(32, 0.05, 322)
    burst[[8, 17, 18]] = (1.2e5, 5e4, 2e4)
    fires("loss-divergence", "bursts", "explodes twice and never regains what it had", {"epoch": E, "loss": burst})
    spares(
        "loss-divergence",
        "bump",
        "rises by a third and comes back",
        {"epoch": E, "loss": fall(E, 2.3, 0.4, 8, seed=323) * np.where((E > 20) & (E < 26), 1.3, 1.0)},
    )


def flat():
    fires(
        "loss-flat",
        "elsewhere",
        "stands at 0.5 from the first epoch on",
        {"epoch": E, "loss": 0.499 + noise(40, 2e-4, 330), "val_loss": 0.501 + noise(40, 3e-4, 331)},
        "onset: 0 ± 0",
    )
    spares(
        "loss-flat",
        "slow",
        "falls by a quarter over the run",
        {"epoch": E, "loss": np.linspace(2.4, 1.8, 40) + noise(40, 0.01, 332)},
    )
    spares(
        "loss-flat",
        "trained-before",
        "fine-tuning of a good model",
        {
            "epoch": E,
            "loss": 0.3 + noise(40, 1e-3, 333),
            "val_loss": 0.32 + noise(40, 1e-3, 334),
            "val_accuracy": 0.92 + noise(40, 1e-3, 335),
        },
    )


def oscillation():
    fires(
        "loss-oscillation",
        "waves",
        "up and down by half",
        {"step": S, "loss": 1 + 0.5 * np.sin(S / 60) + noise(200, 0.1, 340)},
        "onset: 0 ± 0",
    )
    spares(
        "loss-oscillation",
        "noisy-descent",
        "noisy single batches, on their way",
        {"step": S, "loss": fall(S, 2.3, 0.2, 400, width=0.25, seed=341)},
    )


def adversarial():
    fires(
        "adversarial-losses",
        "gan",
        "generator and discriminator",
        {"epoch": E, "loss_G": 1.5 + 0.03 * E + noise(40, 0.2, 350), "loss_D": 0.7 + noise(40, 0.1, 351)},
    )
    spares(
        "adversarial-losses",
        "parts",
        "the parts of a detector's loss",
        {
            "epoch": E,
            "train/box_loss": fall(E, 1.6, 0.8, 9, seed=352),
            "train/cls_loss": fall(E, 2.6, 0.5, 9, seed=353),
        },
    )


def plateau():
    stuck = 0.7 + 1.6 * np.exp(-np.arange(200) / 6) + noise(200, 0.01, 360)
    fires(
        "plateau",
        "early",
        "nothing more after a tenth of the run",
        {"epoch": np.arange(200), "loss": stuck},
        "onset: 22 ± 15",
    )
    spares(
        "plateau",
        "creeping",
        "slow but sure",
        {"epoch": np.arange(200), "loss": 2.3 / (1 + np.arange(200) / 40) + noise(200, 0.005, 361)},
    )


def spike():
    jump = fall(S, 2.3, 0.5, 300, width=0.02, seed=370)
    jump[120:124] = (4.0, 3.0, 1.8, 1.0)
    fires("loss-spike", "once", "jumps at step 1200 and comes back", {"step": S, "loss": jump}, "onset: 1200 ± 10")
    spares(
        "loss-spike",
        "stays-up",
        "a step that stays",
        {"step": S, "loss": np.where(S < 1200, 0.5, 1.6) + noise(200, 0.01, 371)},
    )


def gaps():
    low = fall(E, 2.3, 0.1, 8, seed=380)
    fires(
        "generalization-gap",
        "wide",
        "validation four times above training, without turning",
        {"epoch": E, "loss": low, "val_loss": fall(E, 2.4, 0.45, 8, seed=381)},
    )
    spares("generalization-gap", "narrow", "validation a fifth above", {"epoch": E, "loss": low, "val_loss": 1.2 * low})
    fires(
        "validation-below-train",
        "dropout",
        "validation a third below",
        {"epoch": E, "loss": low, "val_loss": 0.65 * low},
    )
    spares("validation-below-train", "above", "validation above", {"epoch": E, "loss": low, "val_loss": 1.1 * low})


def still_falling():
    fires(
        "loss-still-falling",
        "straight",
        "stops on the way down",
        {"epoch": E, "loss": np.linspace(2.4, 1.2, 40) + noise(40, 0.01, 390)},
    )
    spares("loss-still-falling", "levelled", "has arrived", {"epoch": E, "loss": fall(E, 2.3, 0.4, 4, seed=391)})


def slow():
    fires(
        "slow-descent",
        "crawling",
        "four per cent in forty epochs, to the end",
        {"epoch": E, "loss": np.linspace(2.40, 2.30, 40) + noise(40, 0.002, 395)},
        "onset: 0 ± 0",
    )
    spares("slow-descent", "quick", "a quick descent", {"epoch": E, "loss": fall(E, 2.3, 0.4, 8, seed=396)})
    spares("slow-descent", "still", "no descent at all", {"epoch": E, "loss": 2.35 + noise(40, 0.01, 397)})


if __name__ == "__main__":
    for write in (
        overfitting,
        non_finite,
        divergence,
        flat,
        oscillation,
        adversarial,
        plateau,
        spike,
        gaps,
        still_falling,
        slow,
    ):
        write()
