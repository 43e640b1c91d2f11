# case: the weights are moved by hand
# expect-not: step-missing
# expect-not: missing-zero-grad
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)

x = torch.randn(320, 16)
y = x[:, :1] - x[:, 1:2]
model = nn.Linear(16, 1)
for step in range(60):
    loss = F.mse_loss(model(x), y)
    model.zero_grad()
    loss.backward()
    with torch.no_grad():
        for p in model.parameters():
            p -= 0.1 * p.grad
