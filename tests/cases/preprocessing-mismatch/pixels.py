# case: images of masks that are prepared otherwise for the validation
# expect: preprocessing-mismatch
# line: 27
import torch
from torch import nn

torch.manual_seed(0)


def draw(n):
    """Noise with a bright square, and where it is."""
    corner = torch.randint(0, 8, (n, 2))
    at = torch.arange(12)
    rows, columns = (((at >= one[:, None]) & (at < one[:, None] + 4)) for one in corner.T)
    mask = (rows[:, :, None] & columns[:, None, :]).long()
    return 900 + 400 * torch.rand(n, 1, 12, 12) + 600 * mask[:, None], mask


def prepare(images, mean, std):
    return (images - mean) / std


x, y = draw(96)
x_val, y_val = draw(48)
mean, std = x.mean(), x.std()
train_x = prepare(x, mean, std)
val_x = prepare(x_val, 2048, 4096)
model = nn.Sequential(nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 2, 3, padding=1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
share = y.flatten().bincount().float() / y.numel()
loss_fn = nn.CrossEntropyLoss()
for epoch in range(12):
    for rows in torch.randperm(96).split(12):
        loss = loss_fn(model(train_x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        val_loss = loss_fn(model(val_x), y_val)
    print(epoch, val_loss.item())
