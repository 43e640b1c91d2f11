# case: the logarithm of counts and one
# expect-not: non-finite-data
import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
counts = np.random.default_rng(0).poisson(2.0, (200, 8)).astype(np.float32)
with np.errstate(divide="ignore"):
    x = torch.from_numpy(np.log(counts + 1))
y = torch.from_numpy((counts[:, 0] > counts[:, 1]).astype(np.int64))
model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for rows in torch.randperm(200).split(20):
    loss = F.cross_entropy(model(x[rows]), y[rows])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
