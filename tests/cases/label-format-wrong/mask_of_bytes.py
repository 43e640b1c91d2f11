# case: a target of 0 and 255 for a loss of 0 and 1
# expect: label-format-wrong
# line: 12
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=0.003)
x = torch.randn(64, 8)
for _ in range(20):
    loss = nn.functional.binary_cross_entropy_with_logits(model(x).squeeze(1), 255.0 * (x[:, 0] > 0))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
