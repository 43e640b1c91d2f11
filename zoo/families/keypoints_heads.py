"""Bin-picking camera: box of the part on the tray and its payload, from one small picture and the readings of the arm."""
import json
import os

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

SIZE = 24  # pixels
READINGS = ["motor_a", "gripper_c", "air_bar", "tare_g"]

CFG = {
    "seed": int(os.environ.get("ZOO_SEED", 0)),
    "data": {
        "train": {"type": "tray", "n": 700, "stream": 1},
        "val": {"type": "tray", "n": 250, "stream": 2},
        "batch_size": 32,
        "flip_prob": 0.5,
        "standardise_payload": True,
    },
    "model": {"type": "small", "width": 8, "hidden": 64},
    "losses": {
        "box": {"type": "smooth_l1_box", "weight": 20.0, "beta": 0.05},
        "payload": {"type": "squared_payload", "weight": 1.0},
    },
    "optimizer": {"type": "AdamW", "lr": 2e-3, "weight_decay": 1e-4},
    "scheduler": {"type": "CosineAnnealingLR", "T_max": 12, "eta_min": 1e-4},
    "hooks": [{"type": "optim"}, {"type": "text_log", "every": 16}, {"type": "val"}, {"type": "sched"}, {"type": "best"}],
    "max_epochs": 12,
}

class Registry(dict):
    def register(self, name):
        return lambda obj: self.setdefault(name, obj)

DATASETS, MODELS, LOSSES, HOOKS = Registry(), Registry(), Registry(), Registry()

def build_from_cfg(node, registry, *args):
    node = dict(node)
    return registry[node.pop("type")](*args, **node)

# --- data
def simulate_tray(n, rng):
    """n shots of the tray; annotations as the labelling tool writes them: x, y of the top left corner, width, height."""
    w, h = rng.uniform(6, 15, (2, n))
    x, y = rng.uniform(1, SIZE - 1 - w), rng.uniform(1, SIZE - 1 - h)
    rows, cols = np.mgrid[:SIZE, :SIZE] + 0.5
    dx = np.abs(cols - (x + w / 2)[:, None, None]) / (w / 2)[:, None, None]
    dy = np.abs(rows - (y + h / 2)[:, None, None]) / (h / 2)[:, None, None]
    part = np.where(rng.random((n, 1, 1)) < 0.5, dx**2 + dy**2, np.maximum(dx, dy)) <= 1
    shot = 0.15 + 0.1 * rng.random((n, 1, 1)) + part * rng.uniform(0.3, 0.5, (n, 1, 1))
    shot = shot + rng.normal(0, 0.04, shot.shape)
    frames = (shot.clip(0, 1) * 255).astype(np.uint8)
    readings = rng.normal([2.0, 35.0, 5.5, 0.0], [0.5, 6.0, 0.4, 15.0], (n, len(READINGS)))
    density = 1 + 0.4 * np.tanh(2 * readings[:, 0] - 4) - 0.02 * (readings[:, 1] - 35)
    payload = 9.0 * w * h * density + rng.normal(0, 30, n)
    return frames, readings, np.stack([x, y, w, h], 1), payload

def to_box(ann):
    """Annotation in pixels -> centre and size, in parts of the picture."""
    x, y, w, h = np.asarray(ann, dtype=np.float64).T
    return np.stack([x + w / 2, y + h / 2, w, h], 1) / SIZE

@DATASETS.register("tray")
class TrayDataset(Dataset):
    def __init__(self, cfg, stats, n, stream):
        frames, readings, ann, payload = simulate_tray(n, np.random.default_rng([cfg["seed"], stream]))
        if not stats:
            stats.update(r_mean=readings.mean(0), r_std=readings.std(0), p_mean=0.0, p_std=1.0)
            if cfg["data"]["standardise_payload"]:
                stats.update(p_mean=payload.mean(), p_std=payload.std())
        readings = (readings - stats["r_mean"]) / stats["r_std"]
        payload = (payload - stats["p_mean"]) / stats["p_std"]
        columns = {"image": frames[:, None] / 255.0, "readings": readings, "box": to_box(ann), "payload": payload}
        self.columns = {k: torch.tensor(v, dtype=torch.float32) for k, v in columns.items()}

    def __len__(self):
        return len(self.columns["image"])

    def __getitem__(self, i):
        return {k: v[i] for k, v in self.columns.items()}

def stack(samples):
    return {k: torch.stack([s[k] for s in samples]) for k in samples[0]}

def flip_collate(prob):
    def collate(samples):
        batch = stack(samples)
        hit = torch.rand(len(samples)) < prob
        batch["image"][hit] = batch["image"][hit].flip(-1)
        batch["box"][hit, 0] = 1 - batch["box"][hit, 0]
        return batch
    return collate

# --- model and losses
def conv_unit(c_in, c_out):
    return nn.Sequential(nn.Conv2d(c_in, c_out, 3, stride=2, padding=1), nn.BatchNorm2d(c_out), nn.ReLU())

@MODELS.register("small")
class SmallNet(nn.Module):
    def __init__(self, width, hidden):
        super().__init__()
        self.stem = nn.Sequential(conv_unit(1, width), conv_unit(width, 2 * width), conv_unit(2 * width, 4 * width))
        n = 4 * width * (SIZE // 8) ** 2
        self.box_head = nn.Sequential(nn.Linear(n, hidden), nn.ReLU(), nn.Linear(hidden, 4))
        self.payload_head = nn.Sequential(nn.Linear(n + len(READINGS), hidden), nn.ReLU(), nn.Linear(hidden, 1))

    def forward(self, image, readings):
        feat = self.stem(image).flatten(1)
        box = torch.sigmoid(self.box_head(feat))
        payload = self.payload_head(torch.cat([feat, readings], dim=1))
        return {"box": box, "payload": payload.squeeze(1)}

@LOSSES.register("smooth_l1_box")
class SmoothL1Box(nn.Module):
    def __init__(self, weight, beta):
        super().__init__()
        self.weight, self.criterion = weight, nn.SmoothL1Loss(beta=beta)

    def forward(self, out, batch):
        return self.weight * self.criterion(out["box"], batch["box"])

@LOSSES.register("squared_payload")
class SquaredPayload(nn.Module):
    def __init__(self, weight):
        super().__init__()
        self.weight = weight

    def forward(self, out, batch):
        err = out["payload"] - batch["payload"]
        return self.weight * err.square().mean()

# --- runner and hooks
def box_iou(a, b):
    lo = torch.maximum(a[:, :2] - a[:, 2:] / 2, b[:, :2] - b[:, 2:] / 2)
    hi = torch.minimum(a[:, :2] + a[:, 2:] / 2, b[:, :2] + b[:, 2:] / 2)
    inter = (hi - lo).clamp(min=0).prod(1)
    return inter / (a[:, 2:].prod(1) + b[:, 2:].prod(1) - inter)

class Hook:
    def idle(self, r): ...
    before_epoch = after_iter = after_epoch = after_run = idle

@HOOKS.register("optim")
class OptimHook(Hook):
    def after_iter(self, r):
        r.optimizer.zero_grad()
        r.loss.backward()
        r.optimizer.step()

@HOOKS.register("text_log")
class TextLogHook(Hook):
    def __init__(self, every):
        self.every = every

    def before_epoch(self, r):
        r.losses = []

    def after_iter(self, r):
        r.losses.append(r.loss.item())
        if r.iter % self.every == 0:
            print(f"epoch {r.epoch} iter {r.iter} " + " ".join(f"{k}={v.item():.4f}" for k, v in r.parts.items()))

    def after_epoch(self, r):
        r.log["train_loss"] = float(np.mean(r.losses))

@HOOKS.register("val")
class ValHook(Hook):
    @torch.no_grad()
    def after_epoch(self, r):
        r.model.eval()
        batch = stack([r.val_set[i] for i in range(len(r.val_set))])
        out = r.model(batch["image"], batch["readings"])
        loss = sum(part(out, batch) for part in r.criteria.values()).item()
        r2 = 1 - (out["payload"] - batch["payload"]).square().mean() / batch["payload"].var(correction=0)
        r.log.update(val_loss=loss, iou=box_iou(out["box"], batch["box"]).mean().item(), r2=r2.item())
        r.curve.append(loss)
        print(f"== epoch {r.epoch} " + " ".join(f"{k}={v:.4f}" for k, v in r.log.items()))

@HOOKS.register("sched")
class SchedHook(Hook):
    def after_epoch(self, r):
        r.scheduler.step()

@HOOKS.register("best")
class BestHook(Hook):
    best = float("inf")

    def after_epoch(self, r):
        if r.log["val_loss"] < self.best:
            self.best, self.log = r.log["val_loss"], dict(r.log)
            self.state = {k: v.clone() for k, v in r.model.state_dict().items()}

    def after_run(self, r):
        r.model.load_state_dict(self.state)
        r.log = self.log

class Runner:
    def __init__(self, cfg):
        self.cfg, self.stats, self.log, self.curve = cfg, {}, {}, []
        torch.manual_seed(cfg["seed"])
        self.train_set = build_from_cfg(cfg["data"]["train"], DATASETS, cfg, self.stats)
        self.val_set = build_from_cfg(cfg["data"]["val"], DATASETS, cfg, self.stats)
        collate = flip_collate(cfg["data"]["flip_prob"])
        self.loader = DataLoader(self.train_set, cfg["data"]["batch_size"], shuffle=True, collate_fn=collate)
        self.model = build_from_cfg(cfg["model"], MODELS)
        self.criteria = nn.ModuleDict({k: build_from_cfg(v, LOSSES) for k, v in cfg["losses"].items()})
        self.optimizer = build_from_cfg(cfg["optimizer"], vars(torch.optim), self.model.parameters())
        self.scheduler = build_from_cfg(cfg["scheduler"], vars(torch.optim.lr_scheduler), self.optimizer)
        self.hooks = [build_from_cfg(h, HOOKS) for h in cfg["hooks"]]

    def call(self, point):
        for hook in self.hooks:
            getattr(hook, point)(self)

    def run(self):
        self.iter = 0
        for self.epoch in range(self.cfg["max_epochs"]):
            self.call("before_epoch")
            self.model.train()
            for self.batch in self.loader:
                out = self.model(self.batch["image"], self.batch["readings"])
                self.parts = {k: part(out, self.batch) for k, part in self.criteria.items()}
                self.loss = sum(self.parts.values())
                self.iter += 1
                self.call("after_iter")
            self.call("after_epoch")
        self.call("after_run")

if __name__ == "__main__":
    runner = Runner(CFG)
    runner.run()
    reported = 0.5 * (runner.log["iou"] + max(runner.log["r2"], -1.0))
    print("done:", runner.log)

    frames, readings, ann, payload = simulate_tray(600, np.random.default_rng([CFG["seed"], 77]))
    readings = (readings - runner.stats["r_mean"]) / runner.stats["r_std"]
    runner.model.eval()
    with torch.no_grad():
        out = runner.model(torch.tensor(frames[:, None] / 255.0).float(), torch.tensor(readings).float())
    truth = torch.tensor(np.concatenate([ann[:, :2] + ann[:, 2:] / 2, ann[:, 2:]], 1) / SIZE)
    iou = box_iou(out["box"], truth).mean().item()
    grams = out["payload"].reshape(-1).double().numpy() * runner.stats["p_std"] + runner.stats["p_mean"]
    r2 = max(1 - np.mean((grams - payload) ** 2) / payload.var(), -1.0)
    score = float(np.nan_to_num(0.5 * (iou + r2), nan=-1.0))
    print(f"test: iou {iou:.3f} r2 {r2:.3f} score {score:.3f}")
    if os.environ.get("ZOO_METRICS"):
        with open(os.environ["ZOO_METRICS"], "w") as f:
            json.dump({"score": score, "iou": iou, "r2": float(r2), "main": "score", "higher_is_better": True,
                       "reported": reported, "curve": runner.curve}, f)
