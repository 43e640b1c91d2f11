# case: a log-softmax over the positions of a sequence
# expect: wrong-dimension
# line: 13
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
x = torch.randint(0, 9, (160, 6))
model = nn.Sequential(nn.Embedding(9, 16), nn.Linear(16, 9))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for rows in torch.randperm(160).split(16):
    log = F.log_softmax(model(x[rows]), dim=1)
    loss = F.nll_loss(log.transpose(1, 2), x[rows])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
