"""Two-view pre-training on vibration windows (momentum encoder, InfoNCE), then a linear probe with a few labels."""
import copy, json, math, os
from dataclasses import dataclass

import numpy as np
import torch, torch.nn as nn, torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset

torch.set_num_threads(1)


class Config:
    seed = int(os.environ.get("ZOO_SEED", 0))
    length = 48
    n_unlabelled, n_labelled, n_val, n_test = 960, 120, 400, 1500
    width, bins, feat_dim, proj_dim = 16, 2, 24, 32
    batch_size = 96
    epochs, warmup_epochs = 32, 2
    base_lr, final_lr = 4e-3, 1e-5
    weight_decay = 1e-4
    temperature, jitter = 0.2, 0.15
    momentum = 0.97
    probe_epochs, probe_lr = 40, 0.03


@dataclass
class AverageMeter:
    total: float = 0.0
    count: int = 0

    def update(self, value, n=1):
        self.total, self.count = self.total + float(value) * n, self.count + n

    @property
    def avg(self):
        return self.total / max(self.count, 1)


def simulate(n, cfg, rng):
    """Windows of five kinds of vibration, at random phase, period, amplitude and offset."""
    kind = rng.integers(0, 5, n)
    phase = (np.arange(cfg.length) / rng.uniform(14, 22, (n, 1)) + rng.random((n, 1))) % 1.0
    shapes = np.stack([2 * phase - 1, 1 - 2 * phase, np.where(phase < 0.5, 1.0, -1.0),
                       np.where(phase < 0.2, 1.6, -0.4), np.sin(2 * np.pi * phase) * 1.2])
    x = shapes[kind, np.arange(n)] * rng.uniform(0.6, 1.4, (n, 1)) + rng.normal(0, 0.3, (n, 1))
    x = x + rng.normal(0, 0.25, x.shape)
    return torch.tensor(x, dtype=torch.float32).unsqueeze(1), torch.tensor(kind)


class TwoViews:
    """Collate function: two random views of every window."""

    def __init__(self, cfg, seed):
        self.cfg = cfg
        self.gen = torch.Generator().manual_seed(seed)

    def augment(self, x):
        gen, (n, _, length) = self.gen, x.shape
        shift = torch.randint(0, length, (n, 1), generator=gen)
        x = torch.gather(x, 2, ((torch.arange(length) + shift) % length).unsqueeze(1))
        gain = 0.7 + 0.6 * torch.rand(n, 1, 1, generator=gen)
        offset = 0.3 * torch.randn(n, 1, 1, generator=gen)
        return x * gain + offset + self.cfg.jitter * torch.randn(x.shape, generator=gen)

    def __call__(self, samples):
        x = torch.stack([s[0] for s in samples])
        return self.augment(x), self.augment(x)


def build_encoder(cfg):
    return nn.Sequential(
        nn.Conv1d(1, cfg.width, 9, stride=2, padding=4), nn.ReLU(),
        nn.Conv1d(cfg.width, 2 * cfg.width, 5, stride=2, padding=2), nn.ReLU(),
        nn.AdaptiveMaxPool1d(cfg.bins), nn.Flatten(), nn.Linear(2 * cfg.width * cfg.bins, cfg.feat_dim))


def build_networks(cfg):
    projector = nn.Sequential(nn.Linear(cfg.feat_dim, 64), nn.ReLU(), nn.Linear(64, cfg.proj_dim))
    online = nn.ModuleDict({"encoder": build_encoder(cfg), "projector": projector})
    target = copy.deepcopy(online)
    for p in target.parameters():
        p.requires_grad = False
    return online, target


def embed(net, x):
    return net["projector"](net["encoder"](x))


def info_nce(q, k, cfg):
    q, k = F.normalize(q, dim=1), F.normalize(k, dim=1)
    return F.cross_entropy(q @ k.t() / cfg.temperature, torch.arange(len(q)))


def pair_loss(online, target, v1, v2, cfg):
    both = torch.cat([v1, v2])
    with torch.no_grad():
        k1, k2 = embed(target, both).chunk(2)
    q1, q2 = embed(online, both).chunk(2)
    return 0.5 * (info_nce(q1, k2, cfg) + info_nce(q2, k1, cfg))


def update_target(online, target, m):
    for p, t in zip(online.parameters(), target.parameters()):
        t.data.mul_(m).add_(p.data, alpha=1 - m)


def adjust_learning_rate(optimizer, progress, cfg):
    t = (progress - cfg.warmup_epochs) / (cfg.epochs - cfg.warmup_epochs)
    lr = cfg.final_lr + 0.5 * (cfg.base_lr - cfg.final_lr) * (1 + math.cos(math.pi * max(t, 0.0)))
    lr = lr * min(1.0, (progress + 0.1) / (cfg.warmup_epochs + 0.1))
    for param_group in optimizer.param_groups:
        param_group["lr"] = lr


def optimise(loss, optimizer):
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


def train_epoch(epoch, loader, online, target, optimizer, cfg):
    meter = AverageMeter()
    online.train()
    for i, (v1, v2) in enumerate(loader):
        adjust_learning_rate(optimizer, epoch + i / len(loader), cfg)
        loss = pair_loss(online, target, v1, v2, cfg)
        optimise(loss, optimizer)
        update_target(online, target, cfg.momentum)
        meter.update(loss.item(), len(v1))
    return meter.avg


@torch.no_grad()
def validate_views(x_val, online, target, cfg):
    online.eval()
    views, meter = TwoViews(cfg, seed=1234), AverageMeter()
    for chunk in x_val.split(cfg.batch_size):
        meter.update(pair_loss(online, target, views.augment(chunk), views.augment(chunk), cfg), len(chunk))
    return meter.avg


def linear_probe(encoder, labelled, val, cfg):
    encoder.eval()
    with torch.no_grad():
        feats = encoder(labelled[0])
        centre, spread = feats.mean(0), feats.std(0) + 1e-6
    head = nn.Linear(cfg.feat_dim, 5)
    classify = lambda x: head((encoder(x).detach() - centre) / spread)
    optimizer = torch.optim.Adam(head.parameters(), lr=cfg.probe_lr)
    loader = DataLoader(TensorDataset(*labelled), batch_size=40, shuffle=True)
    for epoch in range(cfg.probe_epochs):
        losses = AverageMeter()
        for x, y in loader:
            loss = F.cross_entropy(classify(x), y)
            optimise(loss, optimizer)
            losses.update(loss.item(), len(x))
    val_acc = (classify(val[0]).argmax(1) == val[1]).float().mean().item()
    print(f"probe: loss {losses.avg:.4f} val acc {val_acc:.4f}")
    return classify, val_acc


def main_worker(cfg):
    torch.manual_seed(cfg.seed)
    rng = np.random.default_rng(cfg.seed)
    (unlabelled, _), labelled, val = [simulate(n, cfg, rng) for n in (cfg.n_unlabelled, cfg.n_labelled, cfg.n_val)]
    views = TwoViews(cfg, cfg.seed)
    loader = DataLoader(TensorDataset(unlabelled), cfg.batch_size, shuffle=True, drop_last=True, collate_fn=views)
    online, target = build_networks(cfg)
    optimizer = torch.optim.Adam(online.parameters(), lr=cfg.base_lr, weight_decay=cfg.weight_decay)

    curve, checkpoint = [], {}
    for epoch in range(cfg.epochs):
        train_loss = train_epoch(epoch, loader, online, target, optimizer, cfg)
        curve.append(validate_views(val[0], online, target, cfg))
        checkpoint = {"epoch": epoch, "target": copy.deepcopy(target.state_dict())}
        print(f"Epoch [{epoch + 1}/{cfg.epochs}] loss {train_loss:.4f} val {curve[-1]:.4f} lr {optimizer.param_groups[0]['lr']:.1e}")

    target.load_state_dict(checkpoint["target"])
    classify, val_acc = linear_probe(target["encoder"], labelled, val, cfg)
    x_test, y_test = simulate(cfg.n_test, cfg, np.random.default_rng(90_000 + cfg.seed))
    test_acc = (classify(x_test).argmax(1) == y_test).float().mean().item()
    print(f"test acc {test_acc:.4f}")
    if os.environ.get("ZOO_METRICS"):
        with open(os.environ["ZOO_METRICS"], "w") as f:
            json.dump({"accuracy": test_acc, "main": "accuracy", "higher_is_better": True, "reported": val_acc, "curve": curve}, f)


if __name__ == "__main__":
    main_worker(Config())
