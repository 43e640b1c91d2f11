# case: gradients come from torch.autograd.grad
# expect-not: backward-missing
# expect-not: missing-zero-grad
# expect-not: update-order-wrong
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)

x = torch.randn(300, 6)
y = (x[:, 0] > 0).float()
model = nn.Sequential(nn.Linear(6, 8), nn.ReLU(), nn.Linear(8, 1))
params = list(model.parameters())
optimizer = torch.optim.SGD(params, lr=0.1)

for epoch in range(5):
    for i in range(0, 300, 50):
        loss = F.binary_cross_entropy_with_logits(model(x[i : i + 50]).squeeze(1), y[i : i + 50])
        for p, g in zip(params, torch.autograd.grad(loss, params), strict=True):
            p.grad = g
        optimizer.step()
