#!/usr/bin/env python
"""wave_transformer.py: a causal transformer that continues waves, mixed precision.

usage: wave_transformer.py [--steps N] [--width N] [--no-amp]
"""
import argparse
import contextlib
import os
import sys

import torch
from torch import nn


def waves(batch, length, gen):
    t = torch.arange(length + 1) / 6.0
    f = 0.6 + torch.rand(batch, 1, generator=gen)
    p = 6.283 * torch.rand(batch, 1, generator=gen)
    a = 0.5 + torch.rand(batch, 1, generator=gen)
    w = a * torch.sin(f * t + p) + 0.02 * torch.randn(batch, length + 1, generator=gen)
    return w[:, :-1, None], w[:, 1:, None]


class WaveModel(nn.Module):
    def __init__(self, width, length):
        super().__init__()
        self.lift = nn.Linear(1, width)
        self.where = nn.Parameter(0.02 * torch.randn(length, width))
        layer = nn.TransformerEncoderLayer(width, 4, 2 * width, dropout=0.0, batch_first=True, norm_first=True)
        self.stack = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.drop = nn.Linear(width, 1)
        self.register_buffer("mask", nn.Transformer.generate_square_subsequent_mask(length))

    def forward(self, x):
        h = self.lift(x) + self.where[: x.shape[1]]
        h = self.stack(h, mask=self.mask[: x.shape[1], : x.shape[1]], is_causal=True)
        return x + self.drop(h)


def main(argv=None):
    ap = argparse.ArgumentParser()
    ap.add_argument("--steps", type=int, default=250)
    ap.add_argument("--width", type=int, default=32)
    ap.add_argument("--length", type=int, default=32)
    ap.add_argument("--no-amp", action="store_true")
    opts = ap.parse_args(argv)
    seed = int(os.environ.get("ZOO_SEED", 0))
    torch.manual_seed(seed)
    gen = torch.Generator().manual_seed(seed)
    model = WaveModel(opts.width, opts.length)
    optim = torch.optim.AdamW(model.parameters(), lr=3e-3, weight_decay=0.01, betas=(0.9, 0.95))
    sched = torch.optim.lr_scheduler.SequentialLR(
        optim,
        [torch.optim.lr_scheduler.LinearLR(optim, 0.05, total_iters=20),
         torch.optim.lr_scheduler.CosineAnnealingLR(optim, opts.steps - 20, eta_min=1e-5)],
        milestones=[20],
    )
    amp = contextlib.nullcontext if opts.no_amp else lambda: torch.autocast("cpu", dtype=torch.bfloat16)
    held_x, held_y = waves(128, opts.length, torch.Generator().manual_seed(10**6 + seed))
    for step in range(opts.steps):
        x, y = waves(24, opts.length, gen)
        optim.zero_grad(set_to_none=True)
        with amp():
            out = model(x)
        loss = nn.functional.mse_loss(out.float(), y)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optim.step()
        sched.step()
        if step % 50 == 49:
            model.eval()
            with torch.no_grad():
                held = nn.functional.mse_loss(model(held_x), held_y).item()
            model.train()
            print(f"{step + 1:4d} loss={loss.item():.5f} held-out={held:.5f} lr={sched.get_last_lr()[0]:.2e}", file=sys.stderr)
    copy_last = nn.functional.mse_loss(held_x, held_y).item()
    print(f"held-out error {held:.5f}; repeating the last value gives {copy_last:.5f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
