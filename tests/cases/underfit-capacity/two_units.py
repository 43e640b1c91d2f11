# case: two units in the middle, for six kinds
# expect: underfit-capacity
# expect-not: undertrained
import torch
from torch import nn

torch.manual_seed(0)
kinds = torch.randint(0, 6, (700,))
centres = 2.0 * torch.randn(6, 12)
inputs = centres[kinds] + torch.randn(700, 12)
model = nn.Sequential(nn.Linear(12, 1), nn.ReLU(), nn.Linear(1, 6))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
criterion = nn.CrossEntropyLoss()

for epoch in range(40):
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
