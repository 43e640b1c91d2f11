# case: a table of hits that is made once, and filled in every validation
# expect: metric-wrong
# line: 40
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)


class Hits:
    def __init__(self):
        self.right, self.seen = 0, 0

    def add(self, scores, wanted):
        self.right += (scores.argmax(1) == wanted).sum().item()
        self.seen += len(wanted)

    def share(self):
        return self.right / self.seen


x = torch.randn(300, 8)
y = (x[:, 0] > 0).long()
model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)


def make_step():
    def step(a, b):
        loss = F.cross_entropy(model(a), b)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    return step


def make_check():
    hits = Hits()

    @torch.no_grad()
    def check():
        for rows in torch.arange(200, 300).split(25):
            hits.add(model(x[rows]), y[rows])
        return hits.share()

    return check


step, check = make_step(), make_check()
for epoch in range(4):
    for rows in torch.randperm(200).split(20):
        step(x[rows], y[rows])
    print(epoch, check())
