# case: padded tags, and nothing that leaves the padding out
# expect: padding-in-loss
# line: 19
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)

lengths = torch.randint(3, 12, (160,))
words = torch.randint(1, 9, (160, 12))
words[torch.arange(12) >= lengths[:, None]] = 0
tags = torch.where(words > 0, words % 3 + 1, 0)
tagger = nn.Sequential(nn.Embedding(9, 8), nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.Adam(tagger.parameters(), lr=1e-2)
for epoch in range(3):
    for rows in torch.randperm(160).split(16):
        scores = tagger(words[rows])
        loss = F.cross_entropy(scores.reshape(-1, 4), tags[rows].reshape(-1))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
