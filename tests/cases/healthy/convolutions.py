# case: images, augmentation, one cycle by the batch
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)


class Small(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 8, 3, padding=1)
        self.conv2 = nn.Conv2d(8, 16, 3, padding=1)
        self.fc = nn.Linear(16 * 4, 2)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        return self.fc(x.flatten(1))


y = torch.randint(2, (256,))
x = torch.randn(256, 1, 8, 8) * 0.5
x[y == 1, :, :4] += 1
model = Small()
opt = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9, nesterov=True)
loader = DataLoader(TensorDataset(x, y), batch_size=32, shuffle=True)
schedule = torch.optim.lr_scheduler.OneCycleLR(opt, max_lr=0.1, epochs=5, steps_per_epoch=len(loader))
for epoch in range(5):
    for images, labels in loader:
        if torch.rand(()) < 0.5:
            images = images.flip(-1)
        scores = model(images)
        loss = F.cross_entropy(scores, labels, label_smoothing=0.1)
        opt.zero_grad()
        loss.backward()
        opt.step()
        schedule.step()
