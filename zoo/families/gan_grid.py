import json
import os

import torch
import torch.nn as nn

# a 2-d GAN: nine gaussians on a grid
seed = int(os.environ.get("ZOO_SEED", 0))
torch.manual_seed(seed)

z_dim = 4
batch = 96
steps = 900
centers = torch.tensor([[i, j] for i in (-1.0, 0.0, 1.0) for j in (-1.0, 0.0, 1.0)])


def sample_real(n):
    pick = torch.randint(0, len(centers), (n,))
    return centers[pick] + 0.1 * torch.randn(n, 2)


generator = nn.Sequential(
    nn.Linear(z_dim, 64), nn.ReLU(),
    nn.Linear(64, 64), nn.ReLU(),
    nn.Linear(64, 2),
)
discriminator = nn.Sequential(
    nn.Linear(2, 64), nn.LeakyReLU(0.2),
    nn.Linear(64, 64), nn.LeakyReLU(0.2),
    nn.Linear(64, 1), nn.Sigmoid(),
)
adversarial_loss = nn.BCELoss()
optimizer_G = torch.optim.Adam(generator.parameters(), lr=2e-3, betas=(0.5, 0.999))
optimizer_D = torch.optim.Adam(discriminator.parameters(), lr=2e-3, betas=(0.5, 0.999))

valid, fake = torch.ones(batch, 1), torch.zeros(batch, 1)
g_curve = []
for step in range(steps):
    real = sample_real(batch)
    z = torch.randn(batch, z_dim)

    # discriminator
    optimizer_D.zero_grad()
    gen = generator(z)
    real_loss = adversarial_loss(discriminator(real), valid)
    fake_loss = adversarial_loss(discriminator(gen.detach()), fake)
    d_loss = (real_loss + fake_loss) / 2
    d_loss.backward()
    optimizer_D.step()

    # generator
    optimizer_G.zero_grad()
    g_loss = adversarial_loss(discriminator(gen), valid)
    g_loss.backward()
    optimizer_G.step()

    if step % 100 == 99:
        g_curve.append(g_loss.item())
        print(f"[Step {step + 1}/{steps}] [D loss: {d_loss.item():.4f}] [G loss: {g_loss.item():.4f}]")


def distance(a, b):
    """Energy distance between two samples."""
    return (2 * torch.cdist(a, b).mean() - torch.cdist(a, a).mean() - torch.cdist(b, b).mean()).item()


generator.eval()
with torch.no_grad():
    made = generator(torch.randn(2000, z_dim))
score = distance(made, sample_real(2000))
near = torch.cdist(made, centers).min(dim=1)
shares = torch.bincount(near.indices[near.values < 0.35], minlength=9) / len(made)
print(f"energy distance {score:.4f}; modes found: {(shares > 0.02).sum().item()} of 9")
if "ZOO_METRICS" in os.environ:
    with open(os.environ["ZOO_METRICS"], "w") as f:
        json.dump({"energy": score, "modes": (shares > 0.02).sum().item(), "main": "energy",
                   "higher_is_better": False, "curve": g_curve}, f)
