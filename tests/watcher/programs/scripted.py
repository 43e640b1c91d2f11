"""torch.jit: a model with the loss inside, scripted and traced, trained both ways."""

import warnings

import torch
import torch.nn.functional as F
from outcome import save, seed
from torch import nn

warnings.simplefilter("ignore", DeprecationWarning)


class WithLoss(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(5, 3)
        self.loss = nn.CrossEntropyLoss()

    def forward(self, x, y):
        scores = torch.relu(self.layer(x))
        return F.cross_entropy(scores, y) + self.loss(scores, y)


for kind in ("script", "trace"):
    seed(10)
    model = WithLoss()
    x, y = torch.randn(12, 5), torch.randint(0, 3, (12,))
    made = torch.jit.script(model) if kind == "script" else torch.jit.trace(model, (x, y))
    print(str(made.graph).count("aten::"), "losscompass" in str(made.graph))
    optimizer = torch.optim.SGD(made.parameters(), lr=0.2)
    for step in range(8):
        optimizer.zero_grad()
        loss = made(torch.randn(12, 5), torch.randint(0, 3, (12,)))
        loss.backward()
        optimizer.step()
        print(kind, step, loss.item())
    save(kind, model=made)


@torch.jit.script
def scripted_loss(scores, target):
    return F.mse_loss(scores, target)


print(float(scripted_loss(torch.ones(3), torch.zeros(3))))
