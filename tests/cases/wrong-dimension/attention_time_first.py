# case: shares over the positions of a sequence whose first axis is time
# expect-not: wrong-dimension
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
x = torch.randn(6, 200, 8)
y = x[0, :, :3].argmax(1)
score, model = nn.Linear(8, 1), nn.Linear(8, 3)
optimizer = torch.optim.Adam([*score.parameters(), *model.parameters()], lr=1e-2)
for rows in torch.randperm(200).split(40):
    shares = F.softmax(score(x[:, rows]).squeeze(-1), dim=0)
    loss = F.cross_entropy(model((shares.unsqueeze(-1) * x[:, rows]).sum(0)), y[rows])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
