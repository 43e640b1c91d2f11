import json
import math
import os

import torch
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits as bce

SEED = int(os.environ.get("ZOO_SEED", "0"))
MODES = 8


class RingData:
    def __init__(self, std=0.08):
        angles = torch.arange(MODES) * 2 * math.pi / MODES
        self.centers = torch.stack([angles.cos(), angles.sin()], dim=1)
        self.std = std

    def draw(self, n):
        return self.centers[torch.randint(MODES, (n,))] + self.std * torch.randn(n, 2)


def mlp(*sizes, act=nn.ReLU):
    layers = []
    for a, b in zip(sizes, sizes[1:]):
        layers += [nn.Linear(a, b), act()]
    return nn.Sequential(*layers[:-1])


class GAN:
    def __init__(self, noise=6, lr_g=2e-3, lr_d=2e-3, batch=96):
        self.noise, self.batch = noise, batch
        self.gen = mlp(noise, 64, 64, 2)
        self.disc = mlp(2, 64, 64, 1)
        self.opt_g = torch.optim.Adam(self.gen.parameters(), lr=lr_g, betas=(0.5, 0.99))
        self.opt_d = torch.optim.Adam(self.disc.parameters(), lr=lr_d, betas=(0.5, 0.99))
        self.data = RingData()

    def latent(self, n):
        return torch.randn(n, self.noise)

    def disc_step(self):
        real = self.data.draw(self.batch)
        with torch.no_grad():
            fake = self.gen(self.latent(self.batch))
        on_real, on_fake = self.disc(real), self.disc(fake)
        loss = bce(on_real, torch.ones_like(on_real)) + bce(on_fake, torch.zeros_like(on_fake))
        self.opt_d.zero_grad()
        loss.backward()
        self.opt_d.step()
        return loss.item()

    def gen_step(self):
        verdict = self.disc(self.gen(self.latent(self.batch)))
        loss = bce(verdict, torch.ones_like(verdict))
        self.opt_g.zero_grad()
        loss.backward()
        self.opt_g.step()
        return loss.item()

    def fit(self, steps=900):
        history = []
        for i in range(1, steps + 1):
            d, g = self.disc_step(), self.gen_step()
            if i % 100 == 0:
                history.append(g)
                print(f"{i}: disc={d:.3f} gen={g:.3f}")
        return history

    @torch.no_grad()
    def quality(self, n=2000):
        fake, real = self.gen(self.latent(n)), self.data.draw(n)
        energy = 2 * torch.cdist(fake, real).mean() - torch.cdist(fake, fake).mean() - torch.cdist(real, real).mean()
        gap, mode = torch.cdist(fake, self.data.centers).min(dim=1)
        covered = sum(int(((mode == m) & (gap < 0.3)).sum() > 0.02 * n) for m in range(MODES))
        return float(energy), covered


def main():
    torch.manual_seed(SEED)
    gan = GAN()
    history = gan.fit()
    energy, covered = gan.quality()
    print(f"energy distance {energy:.4f}, modes covered {covered}/{MODES}")
    if "ZOO_METRICS" in os.environ:
        with open(os.environ["ZOO_METRICS"], "w") as f:
            json.dump({"energy": energy, "modes": covered, "main": "energy", "higher_is_better": False,
                       "curve": history}, f)


if __name__ == "__main__":
    main()
