# case: a masked mean by hand: of its validation only the mean over the padding, too, is known, and that one rises
# expect-not: overfitting
# expect-not: generalization-gap
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
rows = torch.randint(1, 8, (200, 12))
rows[:, 1:] = (rows[:, :1] + torch.arange(1, 12)) % 7 + 1
rows[torch.arange(12) >= torch.randint(4, 9, (200, 1))] = 0


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(8, 16)
        self.rnn = nn.GRU(16, 32, batch_first=True)
        self.out = nn.Linear(32, 8)

    def forward(self, x):
        return self.out(self.rnn(self.embed(x))[0])


def masked(logits, asked):
    each = F.cross_entropy(logits.transpose(1, 2), asked, reduction="none")
    mask = (asked != 0).float()
    return (each * mask).sum() / mask.sum()


model = Model()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(10):
    for at in torch.randperm(160).split(16):
        loss = masked(model(rows[at, :-1]), rows[at, 1:])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        print(masked(model(rows[160:, :-1]), rows[160:, 1:]).item())
