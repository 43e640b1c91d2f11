# case: sentences filled up row by row, read by a layer with time first
# expect: tensor-layout-wrong
# line: 15
import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils.rnn import pad_sequence

torch.manual_seed(0)
rows = [torch.randint(1, 9, (int(n),)) for n in torch.randint(3, 12, (160,))]
embed, rnn, head = nn.Embedding(9, 8), nn.GRU(8, 16), nn.Linear(16, 9)
optimizer = torch.optim.Adam([*embed.parameters(), *rnn.parameters(), *head.parameters()], lr=1e-2)
for start in range(0, 160, 16):
    y = pad_sequence(rows[start : start + 16], batch_first=True)
    out = rnn(embed(y))[0]
    loss = F.cross_entropy(head(out).flatten(0, 1), y.flatten(), ignore_index=0)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
