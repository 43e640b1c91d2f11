# case: a stream that gives one class after another
# expect: data-not-shuffled
# line: 16
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, IterableDataset

torch.manual_seed(0)


class Stream(IterableDataset):
    def __iter__(self):
        generator = torch.Generator().manual_seed(1)
        for number in range(900):
            kind = number // 300
            tokens = torch.randint(10 * kind, 10 * kind + 14, (12,), generator=generator)
            yield tokens, kind


class Bag(nn.Module):
    def __init__(self):
        super().__init__()
        self.bag = nn.EmbeddingBag(40, 8)
        self.out = nn.Linear(8, 3)

    def forward(self, tokens):
        return self.out(self.bag(tokens))


model = Bag()
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)

for epoch in range(4):
    for tokens, kind in DataLoader(Stream(), batch_size=6):
        loss = F.cross_entropy(model(tokens), kind)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
