# case: a mirrored image keeps its class
# expect-not: augmentation-breaks-labels
import torch
from torch import nn

torch.manual_seed(0)

images, labels = torch.randn(64, 1, 8, 8), torch.randint(0, 2, (64,))
images[labels == 1] += 0.5
model = nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(3):
    for x, y in zip(images.split(16), labels.split(16), strict=True):
        if torch.rand(()) < 0.5:
            x = x.flip(-1)
        loss = nn.functional.cross_entropy(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
