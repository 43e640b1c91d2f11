# case: what goes into the shared table is scaled up by the root of the width
# expect: weight-tying-wrong
# line: 25
import torch
from torch import nn

torch.manual_seed(0)

tokens = torch.randint(0, 24, (256, 10)).sort(1).values


class Model(nn.Module):
    def __init__(self, width=64):
        super().__init__()
        self.width = width
        self.words = nn.Embedding(24, width)
        self.rnn = nn.GRU(width, width, batch_first=True)
        self.drop = nn.Dropout(0.1)
        self.head = nn.Linear(width, 24)
        nn.init.normal_(self.words.weight, std=0.2)
        self.head.weight = self.words.weight

    def forward(self, x):
        x_ = self.words(x) * 4
        return self.head(self.drop(self.rnn(x_)[0]) * self.width**0.5)


model = Model()
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
for epoch in range(4):
    for rows in torch.randperm(256).split(32):
        x = tokens[rows]
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(x[:, :-1]).reshape(-1, 24), x[:, 1:].reshape(-1))
        loss.backward()
        optimizer.step()
