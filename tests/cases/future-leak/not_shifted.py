# case: the target is the input
# expect: future-leak
# line: 30
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.token, self.place = nn.Embedding(12, 16), nn.Embedding(10, 16)
        self.qkv, self.head = nn.Linear(16, 48), nn.Linear(16, 12)
        self.register_buffer("mask", torch.ones(10, 10).tril().bool())

    def forward(self, x):
        q, k, v = self.qkv(self.token(x) + self.place.weight).chunk(3, -1)
        scores = q @ k.transpose(1, 2) / 4
        scores = scores.masked_fill(~self.mask, -torch.inf)
        return self.head(scores.softmax(-1) @ v)


model = Attention()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for i in range(30):
    text = (torch.randint(0, 12, (16, 1)) + torch.randint(1, 3, (16, 11)).cumsum(1)) % 12
    x, y = text[:, :-1], text[:, :-1]
    loss = F.cross_entropy(model(x).reshape(-1, 12), y.reshape(-1))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
