import json
import os
import random
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn as nn
from torch.utils.data import DataLoader, Dataset

CLASSES = ["left", "right", "cross", "square"]


@dataclass
class Config:
    n_train: int = 800
    n_val: int = 300
    batch_size: int = 32
    epochs: int = 8
    lr: float = 0.05
    momentum: float = 0.9
    weight_decay: float = 1e-3
    noise: float = 0.35
    seed: int = int(os.environ.get("ZOO_SEED", 0))


def draw(kind, rng, noise):
    img = np.zeros((12, 12), dtype=np.float32)
    r, c = rng.integers(0, 5), rng.integers(0, 5)
    if kind == 0:
        for i in range(7):
            img[r + i, c + abs(3 - i)] = 1.0
            img[r + i, c + abs(3 - i) + 1] = 1.0
    elif kind == 1:
        for i in range(7):
            img[r + i, c + 5 - abs(3 - i)] = 1.0
            img[r + i, c + 4 - abs(3 - i)] = 1.0
    elif kind == 2:
        img[r + 3, c : c + 7] = 1.0
        img[r : r + 7, c + 3] = 1.0
    else:
        img[r : r + 6, [c, c + 5]] = 1.0
        img[[r, r + 5], c : c + 6] = 1.0
    return img + noise * rng.standard_normal((12, 12)).astype(np.float32)


class Shapes(Dataset):
    def __init__(self, n, seed, noise, augment=False):
        rng = np.random.default_rng(seed)
        self.labels = rng.integers(0, len(CLASSES), n)
        self.images = np.stack([draw(k, rng, noise) for k in self.labels])
        self.augment = augment

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, i):
        image, label = self.images[i], int(self.labels[i])
        if self.augment:
            image = np.roll(image, random.choice([-1, 0, 1]), axis=0)
        return torch.from_numpy(image.copy()).unsqueeze(0), label


class ConvNet(nn.Module):
    def __init__(self, n_classes=len(CLASSES)):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 16, 3, padding=1, bias=False),
            nn.BatchNorm2d(16),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(16, 32, 3, padding=1, bias=False),
            nn.BatchNorm2d(32),
            nn.ReLU(),
            nn.MaxPool2d(2),
        )
        self.classifier = nn.Linear(32 * 9, n_classes)

    def forward(self, x):
        return self.classifier(self.features(x).flatten(1))


class Trainer:
    def __init__(self, cfg):
        self.cfg = cfg
        torch.manual_seed(cfg.seed)
        random.seed(cfg.seed)
        self.train_set = Shapes(cfg.n_train, 10 * cfg.seed + 1, cfg.noise, augment=True)
        self.val_set = Shapes(cfg.n_val, 10 * cfg.seed + 2, cfg.noise)
        self.train_loader = DataLoader(self.train_set, batch_size=cfg.batch_size, shuffle=True)
        self.val_loader = DataLoader(self.val_set, batch_size=100)
        self.model = ConvNet()
        self.loss_fn = nn.CrossEntropyLoss()
        self.optimizer = torch.optim.SGD(
            self.model.parameters(), lr=cfg.lr, momentum=cfg.momentum, weight_decay=cfg.weight_decay
        )
        self.scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(self.optimizer, T_max=cfg.epochs)
        self.history = {"train_loss": [], "val_loss": [], "val_acc": []}

    def train_epoch(self):
        self.model.train()
        losses = []
        for images, targets in self.train_loader:
            logits = self.model(images)
            loss = self.loss_fn(logits, targets)
            self.optimizer.zero_grad(set_to_none=True)
            loss.backward()
            self.optimizer.step()
            losses.append(loss.item())
        return float(np.mean(losses))

    @torch.inference_mode()
    def evaluate(self, loader):
        self.model.eval()
        loss_sum = correct = count = 0
        for images, targets in loader:
            logits = self.model(images)
            loss_sum += self.loss_fn(logits, targets).item() * len(targets)
            correct += (logits.argmax(-1) == targets).sum().item()
            count += len(targets)
        return loss_sum / count, correct / count

    def fit(self):
        for epoch in range(self.cfg.epochs):
            train_loss = self.train_epoch()
            val_loss, val_acc = self.evaluate(self.val_loader)
            self.scheduler.step()
            self.history["train_loss"].append(train_loss)
            self.history["val_loss"].append(val_loss)
            self.history["val_acc"].append(val_acc)
            print(f"epoch {epoch}  loss {train_loss:.4f}  val_loss {val_loss:.4f}  val_acc {val_acc:.3f}")
        return self.history


def final_test(model, cfg):
    held_out = Shapes(400, 10 * cfg.seed + 3, cfg.noise)
    model.eval()
    with torch.no_grad():
        logits = model(torch.from_numpy(held_out.images).unsqueeze(1))
    return (logits.argmax(1).numpy() == held_out.labels).mean()


if __name__ == "__main__":
    config = Config()
    trainer = Trainer(config)
    history = trainer.fit()
    accuracy = final_test(trainer.model, config)
    print("test accuracy", round(float(accuracy), 4))
    path = os.environ.get("ZOO_METRICS")
    if path:
        with open(path, "w") as handle:
            json.dump({"accuracy": float(accuracy), "main": "accuracy", "higher_is_better": True,
                       "reported": history["val_acc"][-1], "curve": history["val_loss"]}, handle)
