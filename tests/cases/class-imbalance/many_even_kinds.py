# case: twenty kinds of tokens, each as frequent as the others, that the network does not learn
# expect-not: class-imbalance
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)


class Writer(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(20, 8)
        self.rnn = nn.GRU(8, 12, batch_first=True)
        self.out = nn.Linear(12, 20)

    def forward(self, tokens):
        return self.out(self.rnn(self.embed(tokens))[0])


model = Writer()
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
text = torch.randint(0, 20, (64, 17))

for epoch in range(5):
    for rows in text.split(16):
        x, y = rows, torch.randint(0, 20, rows.shape)
        loss = F.cross_entropy(model(x).transpose(1, 2), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
