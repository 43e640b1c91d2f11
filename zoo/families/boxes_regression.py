import json
import os

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, Dataset

SEED = int(os.environ.get("ZOO_SEED", 0))
SIZE = 16


class OneBox(Dataset):
    """Noisy images with one bright rectangle; the target is (x0, y0, x1, y1) as a share of the image."""

    def __init__(self, n, seed, flip=False):
        rng = torch.Generator().manual_seed(seed)
        wh = torch.randint(3, 9, (n, 2), generator=rng)
        x0y0 = (torch.rand(n, 2, generator=rng) * (SIZE - wh)).long()
        self.boxes = torch.cat([x0y0, x0y0 + wh], dim=1)
        self.images = 0.2 * torch.randn(n, 1, SIZE, SIZE, generator=rng)
        for img, (xa, ya, xb, yb) in zip(self.images, self.boxes.tolist()):
            img[0, ya:yb, xa:xb] += 1.0
        self.flip = flip

    def __len__(self):
        return len(self.images)

    def __getitem__(self, i):
        img, box = self.images[i], self.boxes[i].float()
        if self.flip and torch.rand(()) < 0.5:
            img = img.flip(-1)
            box = torch.stack([SIZE - box[2], box[1], SIZE - box[0], box[3]])
        return img, box / SIZE


def iou(a, b):
    lo, hi = torch.maximum(a[:, :2], b[:, :2]), torch.minimum(a[:, 2:], b[:, 2:])
    inter = (hi - lo).clamp(min=0).prod(1)
    area = lambda t: (t[:, 2:] - t[:, :2]).clamp(min=0).prod(1)
    return inter / (area(a) + area(b) - inter + 1e-9)


class BoxNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.backbone = nn.Sequential(
            nn.Conv2d(1, 12, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(12, 24, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        )
        self.regressor = nn.Sequential(nn.Linear(24 * 16, 64), nn.ReLU(), nn.Linear(64, 4))

    def forward(self, x):
        feats = self.backbone(x)
        return self.regressor(feats)


def train(model, train_dl, val_dl, epochs=9):
    opt = torch.optim.AdamW(model.parameters(), lr=2e-3)
    sched = torch.optim.lr_scheduler.PolynomialLR(opt, total_iters=epochs)
    log = []
    for ep in range(epochs):
        model.train()
        tot = 0.0
        for img, box in train_dl:
            pred = model(img)
            loss = F.smooth_l1_loss(pred, box, beta=0.1)
            opt.zero_grad()
            loss.backward()
            opt.step()
            tot += loss.item()
        sched.step()
        model.eval()
        vl, vi = [], []
        with torch.no_grad():
            for img, box in val_dl:
                out = model(img)
                vl.append(F.smooth_l1_loss(out, box, beta=0.1).item())
                vi.append(iou(out, box).mean().item())
        log.append((sum(vl) / len(vl), sum(vi) / len(vi)))
        print(f"ep {ep:02d} train {tot / len(train_dl):.4f} val {log[-1][0]:.4f} iou {log[-1][1]:.3f}")
    return log


def main():
    torch.manual_seed(SEED)
    train_dl = DataLoader(OneBox(800, 3 * SEED, flip=True), batch_size=25, shuffle=True)
    val_dl = DataLoader(OneBox(200, 3 * SEED + 1), batch_size=100)
    model = BoxNet()
    log = train(model, train_dl, val_dl)

    test = OneBox(300, 3 * SEED + 2)
    model.eval()
    with torch.no_grad():
        score = iou(model(test.images), test.boxes / SIZE).mean().item()
    print("mean IoU on the test images:", round(score, 3))
    if "ZOO_METRICS" in os.environ:
        with open(os.environ["ZOO_METRICS"], "w") as fh:
            json.dump({"iou": score, "main": "iou", "higher_is_better": True, "reported": log[-1][1],
                       "curve": [v for v, _ in log]}, fh)


if __name__ == "__main__":
    main()
