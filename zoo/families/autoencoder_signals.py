# Denoising autoencoder for one-dimensional signals (sums of a few sines).
import json
import math
import os

import torch
import torch.nn as nn

SEED = int(os.environ.get("ZOO_SEED", 0))
torch.manual_seed(SEED)

LENGTH = 48


def signals(n, generator):
    t = torch.linspace(0, 1, LENGTH)
    amp = torch.randn(n, 3, 1, generator=generator) * torch.tensor([1.0, 0.7, 0.5]).view(1, 3, 1)
    phase = 2 * math.pi * torch.rand(n, 3, 1, generator=generator)
    freq = torch.tensor([1.0, 2.0, 3.0]).view(1, 3, 1)
    return (amp * torch.sin(2 * math.pi * freq * t + phase)).sum(1)


g = torch.Generator().manual_seed(SEED + 100)
train_x, val_x, test_x = signals(1500, g), signals(300, g), signals(300, g)
noise_level = 0.3


class DenoisingAutoencoder(nn.Module):
    def __init__(self, code=8):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(LENGTH, 64), nn.ReLU(), nn.Linear(64, code))
        self.decoder = nn.Sequential(nn.Linear(code, 64), nn.ReLU(), nn.Linear(64, LENGTH))

    def forward(self, x):
        return self.decoder(self.encoder(x))


def batches(x, size):
    for rows in torch.randperm(len(x)).split(size):
        yield x[rows]


model = DenoisingAutoencoder()
loss_fn = nn.MSELoss()
opt = torch.optim.Adam(model.parameters(), lr=4e-3)
sched = torch.optim.lr_scheduler.ReduceLROnPlateau(opt, mode="min", factor=0.3, patience=3)

n_epochs = 14
curve = []
for epoch in range(n_epochs):
    model.train()
    total = 0.0
    for clean in batches(train_x, 50):
        noisy = clean + noise_level * torch.randn_like(clean)
        restored = model(noisy)
        loss = loss_fn(restored, clean)
        opt.zero_grad()
        loss.backward()
        opt.step()
        total += loss.item() * len(clean)
    model.eval()
    with torch.no_grad():
        val = loss_fn(model(val_x + noise_level * torch.randn_like(val_x)), val_x).item()
    sched.step(val)
    curve.append(val)
    if epoch % 2 == 1:
        print("epoch {:2d}  train {:.4f}  val {:.4f}  lr {:.1e}".format(epoch, total / len(train_x), val, opt.param_groups[0]["lr"]))

model.eval()
with torch.no_grad():
    noise = torch.randn(test_x.shape, generator=torch.Generator().manual_seed(7))
    test_mse = ((model(test_x + 0.3 * noise) - test_x) ** 2).mean().item()
print("test mse", round(test_mse, 4), "(doing nothing: 0.09)")
if "ZOO_METRICS" in os.environ:
    with open(os.environ["ZOO_METRICS"], "w") as f:
        json.dump({"mse": test_mse, "main": "mse", "higher_is_better": False, "reported": curve[-1], "curve": curve}, f)
