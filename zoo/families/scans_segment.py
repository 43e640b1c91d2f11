#!/usr/bin/env python3
"""scans: outline organ and lesion on small two-channel scans.   usage: scans_segment.py [fit|peek|size]"""
import functools
import itertools
import json
import os
import sys
from types import SimpleNamespace

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

CLASSES = ("nothing", "organ", "lesion")
SIDE = 24
CFG = SimpleNamespace(seed=int(os.environ.get("ZOO_SEED", 0)), epochs=16, batch=8, lr=4e-3, width=8, n_train=160, n_val=64,
                      lesions=0.8, halve_every=6)


# -- pictures -------------------------------------------------------------------------------------------------------
def draw(rng, lesions):
    """One scan as the device stores it (rows, columns, channels; 12 bits), and its mask."""
    yy, xx = np.mgrid[:SIDE, :SIDE]
    cy, cx = rng.uniform(8, SIDE - 8, 2)
    ry, rx = rng.uniform(5, 8, 2)
    organ = ((yy - cy) / ry) ** 2 + ((xx - cx) / rx) ** 2 < 1
    angle, off, r = rng.uniform(0, 2 * np.pi), rng.uniform(0, 0.5), rng.uniform(2, 3.4)
    lesion = (yy - cy - off * ry * np.sin(angle)) ** 2 + (xx - cx - off * rx * np.cos(angle)) ** 2 < r**2
    lesion &= organ & (rng.random() < lesions)
    by, bx = rng.uniform(0, SIDE, 2)
    bone = (yy - by) ** 2 + (xx - bx) ** 2 < rng.uniform(1.5, 3) ** 2
    first = 900 + 500 * organ + 900 * (bone & ~organ) + 12 * yy
    second = 1200 + 350 * organ - 900 * lesion + 400 * bone
    scan = np.stack([first, second], -1) * rng.uniform(0.85, 1.15) + rng.normal(0, 260, (SIDE, SIDE, 2))
    return scan.clip(0, 4095), organ.astype(int) + lesion


def acquire(rng, n, lesions=0.8):
    scans, masks = zip(*(draw(rng, lesions) for _ in range(n)))
    return np.stack(scans).astype(np.float32), np.stack(masks)


def prepare(scans, norm):
    mean, std = norm
    return torch.from_numpy((scans - mean) / std).permute(0, 3, 1, 2).contiguous().float()


def augment(x, y, rng):
    if rng.random() < 0.5:
        x, y = x.flip(-1), y.flip(-1)
    if rng.random() < 0.5:
        x, y = x.flip(-2), y.flip(-2)
    return x * rng.uniform(0.95, 1.05), y


def batches(x, y, size, rng=None, change=None):
    order = np.arange(len(x)) if rng is None else rng.permutation(len(x))
    for at in range(0, len(x), size):
        take = torch.from_numpy(order[at : at + size])
        yield change(x[take], y[take]) if change else (x[take], y[take])


# -- network --------------------------------------------------------------------------------------------------------
def conv(a, b):
    return nn.Sequential(nn.Conv2d(a, b, 3, padding=1), nn.BatchNorm2d(b), nn.ReLU())


class Hourglass(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.enter = conv(2, width)
        self.down = nn.Sequential(nn.MaxPool2d(2), conv(width, 2 * width), conv(2 * width, 2 * width))
        self.leave = conv(3 * width, width)
        self.last = nn.Conv2d(width, len(CLASSES), 1)

    def forward(self, x):
        fine = self.enter(x)
        coarse = F.interpolate(self.down(fine), scale_factor=2)
        return self.last(self.leave(torch.cat([fine, coarse], 1)))


# -- numbers --------------------------------------------------------------------------------------------------------
class Confusion:
    def __init__(self, k=len(CLASSES)):
        self.k, self.table = k, torch.zeros(k, k)

    def add(self, truth, guess):
        self.table += torch.bincount(truth.flatten() * self.k + guess.flatten(), minlength=self.k**2).view(self.k, self.k)

    def iou(self):
        both = self.table.diag()
        return both / (self.table.sum(0) + self.table.sum(1) - both).clamp(min=1)


def make_step(state, criterion):
    def step(x, y):
        state.net.train()
        state.opt.zero_grad()
        loss = criterion(state.net(x), y)
        loss.backward()
        state.opt.step()
        return loss.item()

    return step


def make_check(state, criterion, feed):
    @torch.no_grad()
    def check():
        state.net.eval()
        table, losses = Confusion(), []
        for x, y in feed():
            out = state.net(x)
            losses.append(criterion(out, y).item())
            table.add(y, out.argmax(1))
        return np.mean(losses), table.iou()

    return check


# -- commands -------------------------------------------------------------------------------------------------------
def load(cfg):
    rng = np.random.default_rng(cfg.seed)
    scans, masks = acquire(rng, cfg.n_train, cfg.lesions)
    scans_val, masks_val = acquire(rng, cfg.n_val, cfg.lesions)
    norm = scans.mean((0, 1, 2)), scans.std((0, 1, 2))
    train = prepare(scans, norm), torch.from_numpy(masks)
    val = prepare(scans_val, norm), torch.from_numpy(masks_val)
    return train, val, norm


def fit(cfg=CFG):
    torch.manual_seed(cfg.seed)
    torch.set_num_threads(1)
    rng = np.random.default_rng(cfg.seed + 1)
    train, val, norm = load(cfg)
    state = SimpleNamespace(net=Hourglass(cfg.width), history=[])
    state.opt = torch.optim.Adam(state.net.parameters(), lr=cfg.lr)
    state.sched = torch.optim.lr_scheduler.StepLR(state.opt, cfg.halve_every, gamma=0.5)
    criterion = nn.CrossEntropyLoss()

    feed_train = functools.partial(batches, *train, cfg.batch, rng, functools.partial(augment, rng=rng))
    feed_val = functools.partial(batches, *val, 32)
    step, check = make_step(state, criterion), make_check(state, criterion, feed_val)
    for epoch in range(cfg.epochs):
        fit_loss = np.mean(list(itertools.starmap(step, feed_train())))
        val_loss, iou = check()
        state.sched.step()
        state.history.append((val_loss, iou.mean().item()))
        print(f"{epoch:3d}  fit {fit_loss:.4f}  val {val_loss:.4f}  " + "  ".join(f"{c} {v:.3f}" for c, v in zip(CLASSES, iou.tolist())))

    scans, masks = acquire(np.random.default_rng(cfg.seed + 10_000), 200)
    state.net.eval()
    with torch.no_grad():
        guess = state.net(prepare(scans, norm)).argmax(1).numpy()
    iou = float(np.mean([((guess == c) & (masks == c)).sum() / ((guess == c) | (masks == c)).sum() for c in range(3)]))
    print(f"new scans: mean overlap {iou:.4f}")
    if "ZOO_METRICS" in os.environ:
        with open(os.environ["ZOO_METRICS"], "w") as f:
            json.dump({"iou": iou, "main": "iou", "higher_is_better": True, "reported": state.history[-1][1],
                       "curve": [float(h[0]) for h in state.history]}, f)


def peek(cfg=CFG):
    for row in draw(np.random.default_rng(cfg.seed), 1.0)[1]:
        print("".join(" .#"[v] for v in row))


def size(cfg=CFG):
    print(sum(p.numel() for p in Hourglass(cfg.width).parameters()), "parameters")


COMMANDS = {"fit": fit, "peek": peek, "size": size}
if __name__ == "__main__":
    COMMANDS[sys.argv[1] if len(sys.argv) > 1 else "fit"]()
