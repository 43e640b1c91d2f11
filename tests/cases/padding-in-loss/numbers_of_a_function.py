# case: rows that are filled up, and torch's own squared error over all of it
# expect: padding-in-loss
# line: 32
import torch
from torch import nn
from torch.nn.utils.rnn import pad_sequence

torch.manual_seed(0)

walks = [torch.randn(int(n), 3).cumsum(0) / 5 for n in torch.randint(6, 21, (160,))]
paths = [(walk, walk[:, 0] - walk[:, 1] / 2) for walk in walks]


class Reader(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.GRU(3, 16, batch_first=True)
        self.out = nn.Linear(16, 1)

    def forward(self, x):
        return self.out(self.rnn(x)[0]).squeeze(-1)


model = Reader()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(3):
    for rows in torch.randperm(len(paths)).split(16):
        x = pad_sequence([paths[i][0] for i in rows], batch_first=True)
        y = pad_sequence([paths[i][1] for i in rows], batch_first=True)
        mask = pad_sequence([torch.ones(len(paths[i][1])) for i in rows], batch_first=True)
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(x), y)
        loss.backward()
        optimizer.step()
