"""A toy diffusion model: two moons from noise."""
import copy
import json
import math
import os

import torch
from sklearn.datasets import make_moons
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

seed = int(os.environ.get("ZOO_SEED", 0))
torch.manual_seed(seed)

T = 40
betas = torch.linspace(1e-3, 0.2, T)
alpha_bar = torch.cumprod(1 - betas, dim=0)


def embed_time(t):
    freqs = torch.exp(torch.linspace(0, math.log(30), 4))
    angles = (t.float() / T)[:, None] * freqs
    return torch.cat([angles.sin(), angles.cos()], dim=1)


class Denoiser(nn.Module):
    def __init__(self, width=64):
        super().__init__()
        self.inp = nn.Linear(2 + 8, width)
        self.mid = nn.Linear(width, width)
        self.out = nn.Linear(width, 2)
        self.act = nn.SiLU()

    def forward(self, x, t):
        h = self.act(self.inp(torch.cat([x, embed_time(t)], dim=1)))
        h = h + self.act(self.mid(h))
        return self.out(h)


def noisy(x0, t, eps):
    a = alpha_bar[t][:, None]
    return a.sqrt() * x0 + (1 - a).sqrt() * eps


def denoising_loss(net, x0):
    t = torch.randint(0, T, (len(x0),))
    eps = torch.randn_like(x0)
    return ((net(noisy(x0, t, eps), t) - eps) ** 2).mean()


points, _ = make_moons(2500, noise=0.05, random_state=seed)
points = torch.tensor((points - points.mean(0)) / points.std(0), dtype=torch.float32)
train_points, val_points, test_points = points[:1500], points[1500:2000], points[2000:]
loader = DataLoader(TensorDataset(train_points), batch_size=100, shuffle=True)

net = Denoiser()
ema_net = copy.deepcopy(net).requires_grad_(False)
ema_decay = 0.98
optimizer = torch.optim.Adam(net.parameters(), lr=2e-3)


def update_ema():
    with torch.no_grad():
        for slow, fast in zip(ema_net.parameters(), net.parameters()):
            slow.mul_(ema_decay).add_(fast, alpha=1 - ema_decay)


curve = []
for epoch in range(24):
    total = 0.0
    for (x0,) in loader:
        loss = denoising_loss(net, x0)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        update_ema()
        total += loss.item() / len(loader)
    with torch.no_grad():
        curve.append(denoising_loss(ema_net, val_points.repeat(4, 1)).item())
    if epoch % 4 == 3:
        print(f"epoch {epoch + 1} train {total:.4f} ema val {curve[-1]:.4f}")


@torch.no_grad()
def generate(model, n):
    x = torch.randn(n, 2)
    for i in reversed(range(T)):
        eps = model(x, torch.full((n,), i))
        x = (x - betas[i] / (1 - alpha_bar[i]).sqrt() * eps) / (1 - betas[i]).sqrt()
        if i:
            x = x + betas[i].sqrt() * torch.randn_like(x)
    return x


made = generate(ema_net, 1000)
energy = (2 * torch.cdist(made, test_points).mean() - torch.cdist(made, made).mean()
          - torch.cdist(test_points, test_points).mean()).item()
print(f"energy distance to held-out points {energy:.4f}")
if "ZOO_METRICS" in os.environ:
    with open(os.environ["ZOO_METRICS"], "w") as f:
        json.dump({"energy": energy, "main": "energy", "higher_is_better": False, "curve": curve}, f)
