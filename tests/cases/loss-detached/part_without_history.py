# case: one part of the loss is computed by a function that takes no gradients
# expect: loss-detached
# line: 24
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
x = torch.randn(240, 6)
kind = (x[:, 0] > 0).long()
size = x[:, 1:2] * 2
body, what, much = nn.Sequential(nn.Linear(6, 24), nn.ReLU()), nn.Linear(24, 2), nn.Linear(24, 1)
optimizer = torch.optim.Adam([*body.parameters(), *what.parameters(), *much.parameters()], lr=3e-3)


@torch.no_grad()
def scores_of(inputs):
    return what(body(inputs))


for epoch in range(6):
    for rows in torch.randperm(240).split(24):
        size_loss = F.mse_loss(much(body(x[rows])), size[rows])
        scores = scores_of(x[rows])
        kind_loss = F.cross_entropy(scores, kind[rows])
        loss = kind_loss + 0.5 * size_loss
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
