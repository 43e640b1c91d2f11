# case: log-probabilities for NLLLoss
# expect-not: log-probs-expected
# expect-not: softmax-before-cross-entropy
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)

x = torch.randn(400, 10)
y = (x @ torch.randn(10, 4)).argmax(1)
model = nn.Sequential(nn.Linear(10, 16), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(4):
    for rows in torch.randperm(400).split(40):
        loss = F.nll_loss(F.log_softmax(model(x[rows]), dim=1), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
