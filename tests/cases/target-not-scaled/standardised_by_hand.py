# case: the same, standardised
# expect-not: target-not-scaled
import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

rng = np.random.default_rng(1)
A = rng.normal(size=(1500, 8)).astype("float32")
price = 250_000 + 60_000 * A[:, 0] + 40_000 * A[:, 1] * A[:, 2] + 8_000 * rng.normal(size=1500)
price = (price - price.mean()) / price.std()
price = torch.tensor(price, dtype=torch.float32).unsqueeze(1)
A = torch.tensor(A)
tl = DataLoader(TensorDataset(A[:1200], price[:1200]), batch_size=40, shuffle=True)


class LitReg(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(8, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 1))

    def training_step(self, batch):
        x, y = batch
        e = self.net(x) - y
        return {"loss": (e * e).mean()}

    def validation_step(self, batch):
        x, y = batch
        return ((self.net(x) - y) ** 2).mean()

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), lr=1e-3)


torch.manual_seed(0)
lit = LitReg()
opt = lit.configure_optimizers()
for ep in range(12):
    for b in tl:
        out = lit.training_step(b)
        opt.zero_grad()
        out["loss"].backward()
        opt.step()
    with torch.no_grad():
        print(ep, out["loss"].item(), lit.validation_step((A[1200:], price[1200:])).item())
