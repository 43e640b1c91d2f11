# case: inputs shuffled, labels not
# expect: label-misaligned
# line: 20
import torch
from torch import nn

torch.manual_seed(0)
kinds = torch.randint(0, 6, (700,))
centres = 2.0 * torch.randn(6, 12)
inputs = centres[kinds] + torch.randn(700, 12)
inputs = inputs[torch.randperm(700)]
model = nn.Sequential(nn.Linear(12, 32), nn.ReLU(), nn.Linear(32, 6))
optimizer = torch.optim.Adam(model.parameters(), lr=0.003)
criterion = nn.CrossEntropyLoss()

for epoch in range(6):
    model.train()
    for at in range(0, 500, 25):
        x, y = inputs[at : at + 25], kinds[at : at + 25]
        loss = criterion(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        criterion(model(inputs[500:]), kinds[500:])
