# case: a softmax by hand that adds up over the samples
# expect: wrong-dimension
# line: 13
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(400, 8)
y = x[:, :3].argmax(1)


def softmax_loss(scores, y):
    log = scores - scores.exp().sum(dim=0, keepdim=True).log()
    return -log[torch.arange(len(y)), y].mean()


model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 3))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for rows in torch.randperm(400).split(40):
    loss = softmax_loss(model(x[rows]), y[rows])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
