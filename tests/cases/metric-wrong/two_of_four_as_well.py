# case: how often the first two hold the answer, beside how often the first does
# expect-not: metric-wrong
import torch
from torch import nn

torch.manual_seed(0)

kinds = torch.randint(0, 4, (400,))
inputs = torch.randn(4, 6)[kinds] + torch.randn(400, 6)
model = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 4))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
criterion = nn.CrossEntropyLoss()

for epoch in range(6):
    for rows in torch.randperm(300).split(20):
        loss = criterion(model(inputs[rows]), kinds[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        scores, truth = model(inputs[300:]), kinds[300:]
        hits = (scores.topk(2).indices == truth[:, None]).any(1).sum().item()
        print("accuracy", (scores.argmax(1) == truth).float().mean().item(), hits / 100)
