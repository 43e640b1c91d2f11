"""Scripts that write their journal themselves: what the parent does with it can be tested without a watcher."""

from both_ways import FAKE_TORCH

HEAD = """
import glob, itertools, math, os, signal, sys, time
import torch
from losscompass.evidence.journal import Journal
from losscompass.evidence.records import Scalar

journal = Journal(glob.glob(".losscompass/*/journal*.lcj")[0])

def log(step, value, name="train/loss"):
    journal.append([Scalar(name, float(step), value)])
"""
HEALTHY = HEAD + "for step in range(60):\n    log(step, 2 * 0.9**step + 0.1 + 0.002 * (step * 7 % 5))\n"
SICK = HEAD + "for step in range(60):\n    log(step, 2 * 0.9**step if step < 20 else math.nan)\n"
HOPELESS = (
    HEAD
    + "for step in itertools.count():\n    log(step, 2 * 0.9**step if step < 20 else math.nan)\n"
    + "    time.sleep(0.01 if step > 30 else 0)\n"
)


def files(text, **more):
    return {"train.py": text, "torch.py": FAKE_TORCH, **more}
