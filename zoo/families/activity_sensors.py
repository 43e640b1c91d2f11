#!/usr/bin/env python3
"""Wrist unit v2: recognise what the wearer is doing from 2.6 s windows of IMU + barometer."""
import json
import logging
import os
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

logging.basicConfig(level=logging.INFO, format="%(levelname).1s %(name)s: %(message)s")
log = logging.getLogger("activity")

SEED = int(os.environ.get("ZOO_SEED", 0))
RATE_HZ, WINDOW = 25.0, 64
MAX_EPOCHS, BATCH_SIZE, LR = 9, 48, 4e-3
ACTIVITIES = {  # stride Hz, acc m/s2, gyro deg/s, climb hPa/s, knock m/s2
    "still": (0.0, 0.2, 6.0, 0.0, 0.0), "walk": (1.7, 2.2, 70.0, 0.0, 0.0), "run": (2.5, 5.0, 150.0, 0.0, 0.0),
    "upstairs": (1.6, 2.1, 65.0, -0.05, 0.0), "downstairs": (1.75, 2.4, 70.0, 0.05, 0.0),
    "cycle": (1.4, 1.6, 85.0, 0.0, 0.0), "stumble": (1.7, 2.2, 70.0, 0.0, 11.0),
}
WINDOWS_PER_RUN = {name: 20 for name in ACTIVITIES}


class Windows(NamedTuple):
    signal: "np.ndarray | Tensor"  # (n, time, channel)
    label: "np.ndarray | Tensor"


def record(subjects, rng, counts=None):
    """Simulated field study: each subject does every activity in turn."""
    signals, labels = [], []
    t = np.arange(WINDOW) / RATE_HZ
    for _ in range(subjects):
        pace, vigour = rng.normal(1.0, 0.08), np.exp(rng.normal(0.0, 0.25))
        tilt, drift = rng.normal(0, 1.2, 3), rng.normal(0, 4.0, 3)
        acc_mix, gyro_mix = rng.uniform(0.3, 1.0, 3), rng.uniform(0.3, 1.0, 3)
        station = 1013 + rng.normal(0, 8)
        for k, (name, (hz, acc, gyro, climb, knock)) in enumerate(ACTIVITIES.items()):
            n = (counts or WINDOWS_PER_RUN)[name]
            phase = rng.uniform(0, 2 * np.pi, (n, 1, 1))
            wave = 2 * np.pi * hz * pace * rng.normal(1, 0.04, (n, 1, 1)) * t[None, :, None] + phase
            a = [0, 0, 9.81] + tilt + vigour * acc * acc_mix * (np.sin(wave) + 0.4 * np.sin(2 * wave))
            g = vigour * gyro * gyro_mix * np.cos(wave) + drift
            p = station + climb * rng.uniform(0.6, 1.4, (n, 1, 1)) * t[None, :, None]
            x = np.concatenate([a, g, p], axis=2)
            hit = rng.integers(3, WINDOW - 6, n)
            for j, swing in enumerate((1.0, -0.8, 0.6, -0.3)):
                x[np.arange(n), hit + j, 2] += swing * knock * rng.uniform(0.8, 1.3, n)
                x[np.arange(n), hit + j, 4] += swing * knock * rng.uniform(8.0, 14.0, n)
            x += rng.normal(0, 1, x.shape) * np.array([0.9] * 3 + [12.0] * 3 + [0.03])
            gaps = rng.random((n, WINDOW)) < np.where(rng.random((n, 1)) < 0.18, 0.5, 0.01)
            x[gaps] = np.nan  # radio drop-outs
            signals, labels = [*signals, x], [*labels, np.full(n, k)]
    return Windows(np.concatenate(signals), np.concatenate(labels))


def usable(rec):
    """Drop windows that lost too many samples, bridge the short gaps of the others."""
    keep = np.isnan(rec.signal[..., 0]).mean(axis=1) < 0.25
    rec = Windows(rec.signal[keep], rec.label[keep])
    start = np.isnan(rec.signal[:, 0])
    rec.signal[:, 0][start] = np.nanmedian(rec.signal, axis=1)[start]
    for i in range(1, WINDOW):
        hole = np.isnan(rec.signal[:, i])
        rec.signal[:, i][hole] = rec.signal[:, i - 1][hole]
    rec.signal[..., 6] -= rec.signal[..., 6].mean(axis=1, keepdims=True)
    return rec


class WindowSet(Dataset):
    def __init__(self, rec, mean, std):
        self.signal = torch.as_tensor((rec.signal - mean) / std, dtype=torch.float32)
        self.label = torch.as_tensor(rec.label, dtype=torch.long)

    def __len__(self):
        return len(self.signal)

    def __getitem__(self, i):
        return Windows(self.signal[i], self.label[i])


class Confusion:
    def __init__(self, k):
        self.table = torch.zeros(k, k)

    def update(self, scores, label):
        self.table.index_put_((label, scores.argmax(1)), torch.ones(len(label)), accumulate=True)

    def balanced_accuracy(self):
        return (self.table.diag() / self.table.sum(1).clamp(min=1)).mean().item()


class TaskModule(nn.Module):
    """What the Runner drives: subclasses add training_step, validation_step and configure_optimizers."""

class ActivityNet(TaskModule):
    def __init__(self, channels=7, width=24, hidden=32, classes=len(ACTIVITIES), p_drop=0.3):
        super().__init__()
        self.front = nn.Sequential(
            nn.Conv1d(channels, width, 5, stride=2, padding=2), nn.BatchNorm1d(width), nn.ReLU(),
            nn.Conv1d(width, hidden, 5, stride=4, padding=2), nn.BatchNorm1d(hidden), nn.ReLU(),
        )
        self.gru = nn.GRU(hidden, hidden, batch_first=True)
        self.neck = nn.Sequential(nn.Linear(hidden, hidden), nn.BatchNorm1d(hidden), nn.ReLU(), nn.Dropout(p_drop))
        self.head = nn.Linear(hidden, classes)
        self.criterion = nn.CrossEntropyLoss()
        self.confusion = Confusion(classes)

    def forward(self, signal):
        z = self.front(signal.transpose(1, 2)).transpose(1, 2)
        out, _ = self.gru(z)
        return self.head(self.neck(out[:, -1]))

    def training_step(self, batch):
        return self.criterion(self(batch.signal), batch.label)

    def validation_step(self, batch):
        scores = self(batch.signal)
        self.confusion.update(scores, batch.label)
        return self.criterion(scores, batch.label)

    def configure_optimizers(self):
        opt = torch.optim.AdamW(self.parameters(), lr=LR, weight_decay=1e-2)
        sched = torch.optim.lr_scheduler.StepLR(opt, step_size=3, gamma=0.3)
        return {"optimizer": opt, "scheduler": sched, "interval": "epoch"}


class Runner:
    def __init__(self, max_epochs):
        self.max_epochs, self.history, self.score = max_epochs, [], float("nan")

    def fit(self, task, train_loader, val_loader):
        conf = task.configure_optimizers()
        self.opt, self.sched, self.interval = conf["optimizer"], conf["scheduler"], conf["interval"]
        for epoch in range(self.max_epochs):
            train_loss = self.train_epoch(task, train_loader)
            val_loss = self.validate(task, val_loader)
            if self.interval == "epoch":
                self.sched.step()
            self.history.append(val_loss)
            log.info("epoch %d  train %.4f  val %.4f  bal.acc %.3f", epoch, train_loss, val_loss, self.score)

    def train_epoch(self, task, loader):
        task.train()
        losses = []
        for batch in loader:
            self.opt.zero_grad()
            loss = task.training_step(batch)
            loss.backward()
            self.opt.step()
            if self.interval == "step":
                self.sched.step()
            losses.append(loss.item())
        return float(np.mean(losses))

    @torch.no_grad()
    def validate(self, task, loader):
        task.eval()
        task.confusion.table.zero_()
        losses = [task.validation_step(batch).item() for batch in loader]
        self.score = task.confusion.balanced_accuracy()
        return float(np.mean(losses))


if __name__ == "__main__":
    torch.manual_seed(SEED)
    rng = np.random.default_rng(SEED)
    train_rec, val_rec = usable(record(14, rng)), usable(record(12, rng))
    mean, std = train_rec.signal.mean(axis=(0, 1)), train_rec.signal.std(axis=(0, 1))
    train_loader = DataLoader(WindowSet(train_rec, mean, std), BATCH_SIZE, shuffle=True, drop_last=True)
    val_loader = DataLoader(WindowSet(val_rec, mean, std), 96)
    task, runner = ActivityNet(), Runner(MAX_EPOCHS)
    runner.fit(task, train_loader, val_loader)

    field = usable(record(24, np.random.default_rng(SEED + 999), dict.fromkeys(ACTIVITIES, 15)))
    with torch.no_grad():
        guess = task.eval()(torch.as_tensor((field.signal - mean) / std, dtype=torch.float32)).argmax(1).numpy()
    recall = [float((guess[field.label == k] == k).mean()) for k in range(len(ACTIVITIES))]
    log.info("field test, recall per activity: %s", np.round(recall, 3))
    if os.environ.get("ZOO_METRICS"):
        Path(os.environ["ZOO_METRICS"]).write_text(json.dumps({
            "balanced_accuracy": float(np.mean(recall)), "main": "balanced_accuracy", "higher_is_better": True,
            "reported": runner.score, "curve": runner.history}))
