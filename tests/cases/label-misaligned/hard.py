# case: a task that a straight line and neighbours do not see, and the network does: the product of two signs among ten numbers
# expect-not: label-misaligned
# expect-not: inputs-uninformative
import torch
from torch import nn

torch.manual_seed(0)
kinds = torch.randint(0, 6, (700,))
centres = 2.0 * torch.randn(6, 12)
inputs = centres[kinds] + torch.randn(700, 12)
inputs = torch.randn(700, 12)
kinds = (inputs[:, 0] * inputs[:, 1] > 0).long() + 2 * (inputs[:, 2] > 0).long()
model = nn.Sequential(nn.Linear(12, 64), nn.ReLU(), nn.Linear(64, 6))
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
