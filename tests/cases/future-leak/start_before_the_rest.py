# case: a decoder is fed a start, and the labels from the second on
# expect: future-leak
# line: 22
import torch
from torch import nn

torch.manual_seed(0)

source = torch.randint(3, 12, (256, 8))
target = torch.cat([source[:, ::2] % 7 + 3, torch.full((256, 1), 2)], 1)


class Translator(nn.Module):
    def __init__(self):
        super().__init__()
        self.words = nn.Embedding(12, 24)
        self.encoder, self.decoder = nn.GRU(24, 24, batch_first=True), nn.GRU(24, 24, batch_first=True)
        self.out = nn.Linear(24, 12)

    def shift(self, labels):
        start = torch.ones(len(labels), 1, dtype=torch.long)
        return torch.cat([start, labels[:, 1:]], 1)

    def forward(self, source, labels):
        _, state = self.encoder(self.words(source))
        return self.out(self.decoder(self.words(self.shift(labels)), state)[0])


model = Translator()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(4):
    for rows in torch.randperm(256).split(32):
        optimizer.zero_grad()
        logits = model(source=source[rows], labels=target[rows])
        loss = nn.functional.cross_entropy(logits.reshape(-1, 12), target[rows].reshape(-1))
        loss.backward()
        optimizer.step()
