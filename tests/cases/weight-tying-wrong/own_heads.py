# case: layers of their own, one begun from vectors made elsewhere
# expect-not: weight-tying-wrong
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)

VOCAB, WIDTH = 20, 16
text = torch.arange(2000) * 7 % VOCAB


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.tok = nn.Embedding(VOCAB, WIDTH)
        self.mix = nn.Linear(WIDTH, WIDTH)
        self.head = nn.Linear(WIDTH, VOCAB, bias=False)
        nn.init.normal_(self.tok.weight, std=0.05)
        self.tok.weight.data.copy_(torch.randn(VOCAB, WIDTH) * 0.05)
        self.scale = WIDTH**0.5

    def forward(self, tokens):
        h = torch.tanh(self.mix(self.tok(tokens)))
        return self.head(h * self.scale)


model = Model()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for step in range(60):
    at = torch.randint(len(text) - 9, (32,))
    rows = torch.stack([text[i : i + 9] for i in at])
    loss = F.cross_entropy(model(rows[:, :-1]).flatten(0, 1), rows[:, 1:].flatten())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
