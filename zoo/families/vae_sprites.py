import json
import os

import torch
import torch.nn.functional as F
from torch import nn


class Sprites:
    """8x8 images of a bar with a random position, length and direction."""

    def __init__(self, seed):
        self.gen = torch.Generator().manual_seed(seed)

    def sample(self, n):
        images = torch.zeros(n, 8, 8)
        spots = torch.randint(0, 6, (n, 2), generator=self.gen).tolist()
        sizes = torch.randint(2, 7, (n,), generator=self.gen).tolist()
        flat = (torch.rand(n, generator=self.gen) < 0.5).tolist()
        for image, (r, c), length, lying in zip(images, spots, sizes, flat):
            if lying:
                image[r : r + 2, c : c + length] = 1
            else:
                image[r : r + length, c : c + 2] = 1
        return images.flatten(1)


class Model(nn.Module):
    def __init__(self, latent=6):
        super().__init__()
        self.enc = nn.Sequential(nn.Linear(64, 96), nn.SiLU(), nn.Linear(96, 2 * latent))
        self.dec = nn.Sequential(nn.Linear(latent, 96), nn.SiLU(), nn.Linear(96, 64))

    def loss(self, x):
        mu, log_sigma = self.enc(x).chunk(2, dim=1)
        z = mu + log_sigma.exp() * torch.randn_like(mu)
        logits = self.dec(z)
        nll = F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(dim=1)
        kl = (0.5 * (mu**2 + (2 * log_sigma).exp() - 1) - log_sigma).sum(dim=1)
        return nll.mean(), kl.mean()


def fit(model, source, steps=600, batch=48, lr=5e-3):
    opt = torch.optim.Adam(model.parameters(), lr=lr)
    sched = torch.optim.lr_scheduler.CosineAnnealingLR(opt, T_max=steps)
    held = source.sample(400)
    log = []
    for step in range(1, steps + 1):
        nll, kl = model.loss(source.sample(batch))
        loss = nll + kl
        opt.zero_grad()
        loss.backward()
        opt.step()
        sched.step()
        if step % 50 == 0:
            with torch.no_grad():
                v_nll, v_kl = model.loss(held)
            log.append((v_nll + v_kl).item())
            print(f"{step:5d}  train {loss.item():7.3f}  held out {log[-1]:7.3f}  (kl {v_kl.item():.3f})")
    return log


seed = int(os.environ.get("ZOO_SEED", "0"))
torch.manual_seed(seed)
model = Model()
log = fit(model, Sprites(seed))

with torch.no_grad():
    test = Sprites(seed + 500).sample(1000)
    mu, log_sigma = model.enc(test).chunk(2, dim=1)
    kl = (0.5 * (mu**2 + (2 * log_sigma).exp() - 1) - log_sigma).sum(1).mean()
    nll = 0.0
    for _ in range(4):
        z = mu + log_sigma.exp() * torch.randn_like(mu)
        nll += F.binary_cross_entropy_with_logits(model.dec(z), test, reduction="none").sum(1).mean() / 4
bound = (nll + kl).item()
print("negative elbo", round(bound, 3))
if "ZOO_METRICS" in os.environ:
    with open(os.environ["ZOO_METRICS"], "w") as f:
        json.dump({"neg_elbo": bound, "main": "neg_elbo", "higher_is_better": False, "reported": log[-1], "curve": log}, f)
