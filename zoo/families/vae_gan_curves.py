"""Companion code: adversarially regularised VAE for short one-dimensional signals (Sec. 4.1, synthetic curves)."""
import argparse
import copy
import json
import os
from collections import defaultdict

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F


def get_args():
    ap = argparse.ArgumentParser()
    ap.add_argument("--n_iter", type=int, default=600)
    ap.add_argument("--bs", type=int, default=64)
    ap.add_argument("--T", type=int, default=32, help="points per curve")
    ap.add_argument("--n_train", type=int, default=4096)
    ap.add_argument("--nz", type=int, default=8)
    ap.add_argument("--nh", type=int, default=64)
    ap.add_argument("--lr_g", type=float, default=2e-3)
    ap.add_argument("--lr_d", type=float, default=5e-4)
    ap.add_argument("--beta1", type=float, default=0.5)
    ap.add_argument("--n_critic", type=int, default=1)
    ap.add_argument("--w_rec", type=float, default=4.0)
    ap.add_argument("--w_kl", type=float, default=1.0)
    ap.add_argument("--w_adv", type=float, default=2.0)
    ap.add_argument("--ema", type=float, default=0.98)
    ap.add_argument("--print_every", type=int, default=100)
    ap.add_argument("--seed", type=int, default=int(os.environ.get("ZOO_SEED", 0)))
    return ap.parse_args()


def draw_curves(n, T, rng):
    """Six templates (3 frequencies x 2 directions), random amplitude and shift, plus a fast ripple of random phase."""
    t = np.linspace(0, 1, T)[None]
    freq = rng.choice([1.0, 2.0, 3.0], size=(n, 1), p=[0.5, 0.3, 0.2])
    sign = rng.choice([-1.0, 1.0], size=(n, 1))
    amp = rng.uniform(0.4, 0.7, size=(n, 1))
    shift = rng.uniform(0, 0.12, size=(n, 1))
    ripple = 0.2 * np.sin(2 * np.pi * (9 * t + rng.uniform(0, 1, size=(n, 1))))
    return (sign * amp * np.sin(2 * np.pi * freq * (t + shift)) + ripple).astype(np.float32)


class CurveSource:
    def __init__(self, args):
        self.x = torch.from_numpy(draw_curves(args.n_train, args.T, np.random.default_rng(args.seed)))
        self.bs = args.bs
        self.g = torch.Generator().manual_seed(args.seed)

    def next(self):
        idx = torch.randint(len(self.x), (self.bs,), generator=self.g)
        return self.x[idx]


class VAE(nn.Module):
    def __init__(self, args):
        super().__init__()
        self.nz = args.nz
        self.enc = nn.Sequential(nn.Linear(args.T, args.nh), nn.LeakyReLU(0.2), nn.Linear(args.nh, args.nh), nn.LeakyReLU(0.2))
        self.to_mu = nn.Linear(args.nh, args.nz)
        self.to_logvar = nn.Linear(args.nh, args.nz)
        self.dec = nn.Sequential(nn.Linear(args.nz, args.nh), nn.LeakyReLU(0.2), nn.Linear(args.nh, args.nh), nn.LeakyReLU(0.2),
                                 nn.Linear(args.nh, args.T))

    def encode(self, x):
        h = self.enc(x)
        return self.to_mu(h), self.to_logvar(h)

    def reparam(self, mu, logvar):
        return mu + torch.exp(0.5 * logvar) * torch.randn_like(mu)

    def decode(self, z):
        return torch.tanh(self.dec(z))

    def sample(self, n):
        return self.decode(torch.randn(n, self.nz))


class Disc(nn.Module):
    def __init__(self, args):
        super().__init__()
        self.feat = nn.Sequential(nn.Linear(args.T, args.nh), nn.LeakyReLU(0.2), nn.Linear(args.nh, args.nh), nn.LeakyReLU(0.2))
        self.score = nn.Linear(args.nh, 1)

    def forward(self, x):
        return self.score(self.feat(x)).squeeze(1)


def weights_init(m):
    if isinstance(m, nn.Linear):
        nn.init.kaiming_normal_(m.weight, a=0.2)
        nn.init.zeros_(m.bias)


def toggle(net, flag):
    for p in net.parameters():
        p.requires_grad_(flag)


def gan_loss(score, is_real):
    return F.binary_cross_entropy_with_logits(score, torch.full_like(score, float(is_real)))


def train_D(x, vae, disc, opt_D, args):
    with torch.no_grad():
        fake = vae.sample(len(x))
    losses = {"d_real": gan_loss(disc(x), True), "d_fake": gan_loss(disc(fake), False)}
    opt_D.zero_grad()
    sum(losses.values()).backward()
    opt_D.step()
    return losses


def train_G(x, vae, disc, opt_G, args):
    toggle(disc, False)
    mu, logvar = vae.encode(x)
    x_rec = vae.decode(vae.reparam(mu, logvar))
    x_gen = vae.sample(len(x))
    losses = {}
    losses["rec"] = ((x_rec - x) ** 2).sum(1).mean()
    losses["kl"] = -0.5 * (1 + logvar - mu.pow(2) - logvar.exp()).sum(1).mean()
    losses["adv"] = gan_loss(disc(x_gen), True)
    weights = {"rec": args.w_rec, "kl": args.w_kl, "adv": args.w_adv}
    total = sum(weights[k] * v for k, v in losses.items())
    opt_G.zero_grad()
    total.backward()
    opt_G.step()
    toggle(disc, True)
    return losses


@torch.no_grad()
def update_ema(ema, net, decay):
    for pe, p in zip(ema.parameters(), net.parameters()):
        pe.mul_(decay).add_(p, alpha=1 - decay)


@torch.no_grad()
def energy_distance(a, b):
    a, b = (torch.cat([u, 2 * u.diff(dim=1)], 1) for u in (a, b))
    n, m = len(a), len(b)
    return (2 * torch.cdist(a, b).mean() - torch.cdist(a, a).sum() / (n * (n - 1)) - torch.cdist(b, b).sum() / (m * (m - 1))).item()


def main(args):
    torch.set_num_threads(1)
    torch.manual_seed(args.seed)
    source = CurveSource(args)
    held = torch.from_numpy(draw_curves(1000, args.T, np.random.default_rng(args.seed + 1)))
    vae, disc = VAE(args), Disc(args)
    vae.apply(weights_init)
    disc.apply(weights_init)
    ema = copy.deepcopy(vae)
    opt_G = torch.optim.Adam(vae.parameters(), lr=args.lr_g, betas=(args.beta1, 0.999))
    opt_D = torch.optim.Adam(disc.parameters(), lr=args.lr_d, betas=(args.beta1, 0.999))

    running, history = defaultdict(float), []
    for it in range(1, args.n_iter + 1):
        for _ in range(args.n_critic):
            d_losses = train_D(source.next(), vae, disc, opt_D, args)
        g_losses = train_G(source.next(), vae, disc, opt_G, args)
        update_ema(ema, vae, args.ema)
        for k, v in {**d_losses, **g_losses}.items():
            running[k] += v.item()
        if it % args.print_every == 0:
            history.append(energy_distance(ema.sample(1000).detach(), held))
            msg = "  ".join(f"{k} {v / args.print_every:.3f}" for k, v in running.items())
            print(f"iter {it:5d} | {msg} | dist {history[-1]:.4f}")
            running.clear()
    return ema, history


if __name__ == "__main__":
    args = get_args()
    ema, history = main(args)
    unseen = torch.from_numpy(draw_curves(3000, args.T, np.random.default_rng(args.seed + 7777)))
    torch.manual_seed(args.seed + 7777)
    with torch.no_grad():
        made = ema.eval().sample(3000)
    dist = energy_distance(made, unseen)
    print(f"energy distance to unseen curves: {dist:.4f}")
    if os.environ.get("ZOO_METRICS"):
        with open(os.environ["ZOO_METRICS"], "w") as fh:
            json.dump({"distance": dist, "main": "distance", "higher_is_better": False,
                       "reported": history[-1], "curve": history}, fh)
