import json
import os
import random

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, Dataset


def set_seed(s):
    random.seed(s)
    torch.manual_seed(s)


class Blobs(Dataset):
    def __init__(self, n, seed, size=20, augment=False):
        g = torch.Generator().manual_seed(seed)
        yy, xx = torch.meshgrid(torch.arange(size), torch.arange(size), indexing="ij")
        self.images, self.masks = [], []
        for _ in range(n):
            cy, cx = (torch.rand(2, generator=g) * (size - 8) + 4).tolist()
            r = 3.5 + 3 * torch.rand((), generator=g).item()
            mask = (((yy - cy) ** 2 + (xx - cx) ** 2) < r * r).float()
            shade = torch.linspace(0, 1.0, size).repeat(size, 1)
            image = mask + shade + 0.4 * torch.randn(size, size, generator=g)
            self.images.append(image[None])
            self.masks.append(mask[None])
        self.augment = augment

    def __len__(self):
        return len(self.images)

    def __getitem__(self, idx):
        image, mask = self.images[idx], self.masks[idx]
        if self.augment and random.random() > 0.5:
            image = torch.flip(image, dims=[1])
            mask = torch.flip(mask, dims=[1])
        return image, mask


def double_conv(cin, cout):
    return nn.Sequential(
        nn.Conv2d(cin, cout, 3, padding=1),
        nn.BatchNorm2d(cout),
        nn.ReLU(inplace=True),
        nn.Conv2d(cout, cout, 3, padding=1),
        nn.BatchNorm2d(cout),
        nn.ReLU(inplace=True),
    )


class UNet(nn.Module):
    def __init__(self, w=6):
        super().__init__()
        self.down1 = double_conv(1, w)
        self.down2 = double_conv(w, 2 * w)
        self.up = nn.ConvTranspose2d(2 * w, w, 2, stride=2)
        self.merge = double_conv(2 * w, w)
        self.final = nn.Conv2d(w, 1, 1)

    def forward(self, x):
        skip = self.down1(x)
        deep = self.down2(F.max_pool2d(skip, 2))
        x = self.merge(torch.cat([skip, self.up(deep)], dim=1))
        return self.final(x)


def dice_loss(logits, target, eps=1.0):
    p = torch.sigmoid(logits)
    inter = (p * target).sum(dim=(1, 2, 3))
    union = p.sum(dim=(1, 2, 3)) + target.sum(dim=(1, 2, 3))
    return (1 - (2 * inter + eps) / (union + eps)).mean()


def dice_score(model, dataset):
    model.eval()
    images, masks = torch.stack(dataset.images), torch.stack(dataset.masks)
    with torch.no_grad():
        guess = (model(images) > 0).float()
    return (2 * (guess * masks).sum() / (guess.sum() + masks.sum() + 1e-6)).item()


def main():
    seed = int(os.environ.get("ZOO_SEED", 0))
    set_seed(seed)
    train_ds, val_ds = Blobs(160, seed * 7 + 1, augment=True), Blobs(40, seed * 7 + 2)
    train_dl = DataLoader(train_ds, batch_size=8, shuffle=True)
    val_dl = DataLoader(val_ds, batch_size=20)
    model = UNet()
    bce = nn.BCEWithLogitsLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.85)
    num_epochs = 8
    val_curve = []
    for epoch in range(num_epochs):
        model.train()
        epoch_loss = 0.0
        for images, masks in train_dl:
            logits = model(images)
            loss = bce(logits, masks) + dice_loss(logits, masks)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            epoch_loss += loss.item() / len(train_dl)
        scheduler.step()
        model.eval()
        val_loss = 0.0
        with torch.no_grad():
            for images, masks in val_dl:
                logits = model(images)
                val_loss += (bce(logits, masks) + dice_loss(logits, masks)).item() / len(val_dl)
        val_curve.append(val_loss)
        val_dice = dice_score(model, val_ds)
        print(f"Epoch {epoch + 1}/{num_epochs} - loss {epoch_loss:.4f} - val_loss {val_loss:.4f} - val_dice {val_dice:.3f}")

    test_dice = dice_score(model, Blobs(80, seed * 7 + 3))
    print(f"test dice {test_dice:.4f}")
    if os.environ.get("ZOO_METRICS"):
        with open(os.environ["ZOO_METRICS"], "w") as f:
            json.dump({"dice": test_dice, "main": "dice", "higher_is_better": True, "reported": val_dice,
                       "curve": val_curve}, f)


if __name__ == "__main__":
    main()
