# case: a column of the input is smoothed from either side, and so knows what is to be forecast
# expect: future-leak
# line: 14
import numpy as np
import torch
from torch import nn

torch.manual_seed(0)
rng = np.random.default_rng(0)
AHEAD = 3


def features(series):
    smooth = np.convolve(series, np.ones(7) / 7, mode="same")
    return np.stack([series, smooth, np.sin(np.arange(len(series)) / 4)], 1)


loads = np.cumsum(rng.normal(0, 0.3, (192, 40)), 1)
x = torch.tensor(np.stack([features(one)[:-AHEAD] for one in loads]), dtype=torch.float32)
y = torch.tensor(loads[:, AHEAD:], dtype=torch.float32)


class Forecast(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn, self.out = nn.GRU(3, 16, batch_first=True), nn.Linear(16, 1)

    def forward(self, x):
        return self.out(self.rnn(x)[0]).squeeze(-1)


model = Forecast()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(3):
    for rows in torch.randperm(192).split(32):
        batch = x[rows]
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(batch), y[rows])
        loss.backward()
        optimizer.step()
