# case: states are cut to be kept, and go on whole
# expect-not: hidden-state-detached
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
x = torch.randn(200, 6, 4)
y = x[:, 0, :3].argmax(1)
cell, head = nn.GRUCell(4, 16), nn.Linear(16, 3)
optimizer = torch.optim.Adam([*cell.parameters(), *head.parameters()], lr=1e-2)
for rows in torch.randperm(200).split(20):
    h, kept = torch.zeros(20, 16), []
    for step in x[rows].unbind(1):
        new = cell(step, h)
        kept.append(new.detach())
        h = new
    loss = F.cross_entropy(head(new), y[rows])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
