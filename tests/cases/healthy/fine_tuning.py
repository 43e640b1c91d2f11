# case: two phases: the head first, then everything at a smaller rate
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)


def net():
    body = nn.Sequential(nn.Linear(12, 32), nn.ReLU(), nn.Linear(32, 32), nn.ReLU())
    return nn.ModuleDict({"body": body, "head": nn.Linear(32, 3)})


source = net()
model = net()
model["body"].load_state_dict(source["body"].state_dict())
x = torch.randn(300, 12)
y = (x @ torch.randn(12, 3)).argmax(1)


def run(parameters, rate, epochs):
    optimizer = torch.optim.Adam(parameters, lr=rate)
    for _ in range(epochs):
        for rows in torch.randperm(300).split(30):
            loss = F.cross_entropy(model["head"](model["body"](x[rows])), y[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()


model["body"].requires_grad_(False)
run(model["head"].parameters(), 1e-2, 4)
model["body"].requires_grad_(True)
run(model.parameters(), 1e-3, 4)
