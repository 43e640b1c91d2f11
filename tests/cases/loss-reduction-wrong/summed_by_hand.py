# case: squares summed by hand, at a rate for means
# expect: loss-reduction-wrong
# line: 14
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(1200, 8)
y = x[:, :1] * 2 + 1


def squares(out, y):
    gap = out - y
    return (gap**2).sum()


model = nn.Linear(8, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
for rows in torch.randperm(1200).split(120):
    loss = squares(model(x[rows]), y[rows])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
