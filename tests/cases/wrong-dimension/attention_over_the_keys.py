# case: the shares of an attention add up to one over the keys
# expect-not: wrong-dimension
import torch
from torch import nn

torch.manual_seed(0)

source = torch.randint(0, 10, (256, 9))
target = source[:, :5].flip(1)


class Pointer(nn.Module):
    def __init__(self):
        super().__init__()
        self.words = nn.Embedding(10, 24)
        self.places = nn.Embedding(9, 24)
        self.asks = nn.Embedding(5, 24)
        self.query, self.keys, self.out = nn.Linear(24, 24), nn.Linear(24, 24), nn.Linear(24, 10)

    def forward(self, source):
        memory = self.words(source) + self.places(torch.arange(9))
        scores = self.query(self.asks(torch.arange(5))).expand(len(source), -1, -1) @ self.keys(memory).transpose(1, 2)
        context = torch.softmax(scores / 5, dim=-1) @ memory
        return self.out(context)


model = Pointer()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(4):
    for rows in torch.randperm(256).split(32):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(source[rows]).transpose(1, 2), target[rows])
        loss.backward()
        optimizer.step()
