# case: tokens that follow each other are never of one frequency
# expect-not: class-imbalance
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
tokens = torch.where(torch.rand(200, 21) < 0.03, torch.randint(2, 8, (200, 21)), torch.randint(0, 2, (200, 21)))
embed, rnn, out = nn.Embedding(8, 16), nn.GRU(16, 32, batch_first=True), nn.Linear(32, 8)
model = nn.ModuleList([embed, rnn, out])
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for epoch in range(3):
    for rows in torch.randperm(200).split(20):
        scores = out(rnn(embed(tokens[rows, :-1]))[0])
        loss = F.cross_entropy(scores.transpose(1, 2), tokens[rows, 1:])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
