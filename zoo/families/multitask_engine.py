"""One body, two heads (type and quality of wine), trained by a small engine with callbacks."""

import json
import os

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from sklearn.datasets import load_wine
from torch.utils.data import DataLoader, TensorDataset


def make_data(seed):
    rng = np.random.default_rng(seed)
    wine = load_wine()
    x = np.concatenate([wine.data + 0.35 * rng.standard_normal(wine.data.shape) * wine.data.std(0) for _ in range(6)])
    kind = np.tile(wine.target, 6)
    score = 0.6 * (x[:, 0] - 13.0) + 1.5 * (x[:, 10] - 0.95) + 0.002 * (x[:, 12] - 750)
    score = score + 0.2 * rng.standard_normal(len(score))
    dry = (x[:, 9] + 0.3 * rng.standard_normal(len(x)) > 4.7).astype(np.float64)
    row = np.tile(np.arange(len(wine.target)), 6)
    group = rng.permutation(len(wine.target))[row]
    part = np.digitize(group, [107, 142])
    train = part == 0
    mean, std = x[train].mean(0), x[train].std(0)
    x = (x - mean) / std
    score = (score - score[train].mean()) / score[train].std()
    sets = []
    for which in range(3):
        keep = part == which
        sets.append(TensorDataset(
            torch.tensor(x[keep], dtype=torch.float32),
            torch.tensor(kind[keep]),
            torch.tensor(score[keep], dtype=torch.float32),
            torch.tensor(dry[keep], dtype=torch.float32),
        ))
    return sets


class MultiTaskNet(nn.Module):
    def __init__(self, n_in=13, width=32):
        super().__init__()
        self.body = nn.Sequential(
            nn.Linear(n_in, width), nn.ReLU(), nn.Dropout(0.4), nn.Linear(width, width), nn.ReLU(),
        )
        self.kind_head = nn.Linear(width, 3)
        self.score_head = nn.Linear(width, 1)
        self.dry_head = nn.Linear(width, 1)

    def forward(self, x):
        z = self.body(x)
        return self.kind_head(z), self.score_head(z).squeeze(-1), self.dry_head(z).squeeze(-1)


class Engine:
    """Calls `process` for every batch, and the callbacks of each event in turn."""

    def __init__(self, process):
        self.process = process
        self.handlers = {"epoch_started": [], "iteration": [], "epoch_completed": []}
        self.epoch = 0
        self.output = None

    def on(self, event):
        def register(handler):
            self.handlers[event].append(handler)
            return handler
        return register

    def fire(self, event):
        for handler in self.handlers[event]:
            handler(self)

    def run(self, loader, max_epochs=1):
        for _ in range(max_epochs):
            self.epoch += 1
            self.fire("epoch_started")
            for batch in loader:
                self.output = self.process(self, batch)
                self.fire("iteration")
            self.fire("epoch_completed")


def multitask_loss(outputs, kind, score, dry):
    kind_out, score_out, dry_out = outputs
    kind_loss = F.cross_entropy(kind_out, kind)
    score_loss = F.mse_loss(score_out, score)
    dry_loss = F.binary_cross_entropy_with_logits(dry_out, dry)
    return kind_loss + score_loss + dry_loss


def build_trainer(model, optimizer, scheduler):
    def train_step(engine, batch):
        model.train()
        x, kind, score, dry = batch
        optimizer.zero_grad()
        outputs = model(x)
        loss = multitask_loss(outputs, kind, score, dry)
        loss.backward()
        optimizer.step()
        return loss.item()

    trainer = Engine(train_step)

    @trainer.on("iteration")
    def step_scheduler(engine):
        scheduler.step()

    return trainer


def build_evaluator(model):
    totals = {"loss": 0.0, "hits": 0, "n": 0}

    def eval_step(engine, batch):
        model.eval()
        with torch.no_grad():
            x, kind, score, dry = batch
            outputs = model(x)
            totals["loss"] += multitask_loss(outputs, kind, score, dry).item() * len(x)
            totals["hits"] += (outputs[0].argmax(1) == kind).sum().item()
            totals["n"] += len(x)

    evaluator = Engine(eval_step)

    @evaluator.on("epoch_started")
    def reset(engine):
        totals.update(loss=0.0, hits=0, n=0)

    return evaluator, totals


def quality(model, dataset):
    """Mean of three scores between 0 and 1: accuracy of the kind, R2 of the score, accuracy of dry."""
    x, kind, score, dry = dataset.tensors
    model.eval()
    with torch.no_grad():
        kind_out, score_out, dry_out = model(x)
    r2 = 1 - ((score_out.reshape(-1) - score) ** 2).mean().item() / score.var().item()
    hits = (kind_out.argmax(1) == kind).float().mean().item(), ((dry_out.reshape(-1) > 0) == (dry > 0.5)).float().mean().item()
    return (hits[0] + max(r2, -1.0) + hits[1]) / 3, hits[0]


def main(seed, epochs=12, batch_size=32):
    torch.manual_seed(seed)
    train_set, val_set, test_set = make_data(seed)
    train_loader = DataLoader(train_set, batch_size=batch_size, shuffle=True)
    val_loader = DataLoader(val_set, batch_size=64)
    model = MultiTaskNet()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    scheduler = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, max_lr=5e-3, total_steps=epochs * len(train_loader)
    )
    trainer = build_trainer(model, optimizer, scheduler)
    evaluator, totals = build_evaluator(model)
    curve = []

    @trainer.on("epoch_completed")
    def validate(engine):
        evaluator.run(val_loader)
        curve.append(totals["loss"] / totals["n"])
        print(f"epoch {engine.epoch} train {engine.output:.4f} val {curve[-1]:.4f} kind {totals['hits'] / totals['n']:.3f}")

    trainer.run(train_loader, max_epochs=epochs)
    final, _ = quality(model, test_set)
    print(f"quality on test wines {final:.4f}")
    metrics = {"quality": final, "main": "quality", "higher_is_better": True,
               "reported": totals["hits"] / totals["n"], "curve": curve}
    if "ZOO_METRICS" in os.environ:
        with open(os.environ["ZOO_METRICS"], "w") as f:
            json.dump(metrics, f)


if __name__ == "__main__":
    main(int(os.environ.get("ZOO_SEED", "0")))
