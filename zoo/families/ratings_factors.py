# coding: utf-8
# ratings_factors.ipynb -> script (nbconvert). Which score (0-100) will a guest give a dish?

# In[1]:
import json
import os

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

cfg = dict(
    seed=int(os.environ.get("ZOO_SEED", 0)),
    n_users=200, n_items=120, n_rows=15000,
    emb=8, hidden=48,
    bs=128, epochs=12, lr=6e-3, wd=1e-5,
    user_col="user", item_col="item", features=["price", "hour", "wait", "party", "temp"],
)
rng = np.random.default_rng(cfg["seed"])
torch.manual_seed(cfg["seed"])
tt = lambda a, dtype=torch.float32: torch.as_tensor(np.asarray(a), dtype=dtype)
rmse = lambda a, b: float(((a - b) ** 2).mean() ** 0.5)

# In[2]: the world (taste of the guests, character of the dishes)
taste = rng.normal(0, 1, (cfg["n_users"], 3))
dish = rng.normal(0, 1, (cfg["n_items"], 3))
mild = rng.normal(0, 5, cfg["n_users"])
fame = rng.normal(0, 6, cfg["n_items"])


def pull_log(n, rng):
    """One export of the order log, a dict of columns."""
    t = {}
    t["row_id"] = np.arange(n)
    t["user"] = rng.integers(0, cfg["n_users"], n)
    t["item"] = (rng.beta(1, 1.6, n) * cfg["n_items"]).astype(int)
    t["table_no"] = rng.integers(0, cfg["n_users"], n)
    t["slip_no"] = rng.integers(0, cfg["n_items"], n)
    t["price"] = np.round(np.exp(rng.normal(2.6, 0.45, n)), 1)
    t["hour"] = rng.uniform(11, 23, n)
    t["wait"] = rng.gamma(3, 7, n)
    t["party"] = rng.integers(1, 9, n).astype(float)
    t["temp"] = rng.normal(19, 8, n)
    score = (
        62 + mild[t["user"]] + fame[t["item"]] + 4.0 * (taste[t["user"]] * dish[t["item"]]).sum(1)
        - 9 * np.abs(np.log(t["price"] / 13)) / 0.45 + 8 * np.cos((t["hour"] - 13) * 2 * np.pi / 6)
        - 5 * np.maximum(t["wait"] - 20, 0) / 7 + 4 * (np.abs(t["temp"] - 19) < 6)
    )
    t["score"] = np.clip(score + rng.normal(0, 4, n), 0, 100)
    t["tip"] = 0.12 * t["score"] + rng.normal(0, 0.5, n)
    t["latency"] = rng.exponential(40, n)
    t["shard"] = rng.integers(0, 16, n).astype(float)
    old_app = rng.random(n) < 0.3  # the old app asked for 0-10
    t["app"] = np.where(old_app, 1, 2)
    t["score"][old_app] /= 10
    for c in ("wait", "temp"):
        t[c][rng.random(n) < 0.12] = np.nan
    return t


def fill(t):
    for c in ("wait", "temp"):
        t[c] = np.where(np.isnan(t[c]), np.nanmedian(t[c]), t[c])
    return t


def tidy(t):
    """Drop what was exported twice, one scale for the score, fill the gaps."""
    _, first = np.unique(t["row_id"], return_index=True)
    t = {k: v[first] for k, v in t.items()}
    t["score"] = np.where(t["app"] == 1, t["score"] * 10, t["score"])
    return fill(t)


# In[3]: two overlapping exports, one table
raw = pull_log(cfg["n_rows"], rng)
late = rng.integers(0, cfg["n_rows"], cfg["n_rows"] // 2)
raw = {k: np.concatenate([v, v[late]]) for k, v in raw.items()}
table = tidy(raw)

# In[4]: split, scale
order = rng.permutation(len(table["score"]))
cut = int(0.85 * len(order))
tr, va = order[:cut], order[cut:]
feats = np.stack([table[c] for c in cfg["features"]], axis=1)
f_mean, f_std = feats[tr].mean(0), feats[tr].std(0)
y_mean, y_std = table["score"][tr].mean(), table["score"][tr].std()
scale_x = lambda a: tt((a - f_mean) / f_std)
scale_y = lambda s: tt((s - y_mean) / y_std)
points = lambda z: z * float(y_std) + float(y_mean)

U, I = tt(table[cfg["user_col"]], torch.long), tt(table[cfg["item_col"]], torch.long)
X, Y = scale_x(feats), scale_y(table["score"])
tr, va = tt(tr, torch.long), tt(va, torch.long)
print("train / valid rows:", len(tr), len(va), " score %.1f +- %.1f" % (y_mean, y_std))


# In[5]: net
class Factors(nn.Module):
    def __init__(self, k, h, n_feats):
        super().__init__()
        self.u, self.i = nn.Embedding(cfg["n_users"], k), nn.Embedding(cfg["n_items"], k)
        self.bu, self.bi = nn.Embedding(cfg["n_users"], 1), nn.Embedding(cfg["n_items"], 1)
        for e in (self.u, self.i, self.bu, self.bi):
            nn.init.normal_(e.weight, std=0.3)
        self.mlp = nn.Sequential(nn.Linear(2 * k + n_feats, h), nn.ReLU(), nn.Linear(h, h), nn.ReLU(), nn.Linear(h, 1))

    def forward(self, u, i, x):
        p, q = self.u(u), self.i(i)
        z = torch.cat([p, q, x], dim=1)
        return (self.mlp(z) + self.bu(u) + self.bi(i)).squeeze(1) + (p * q).sum(1)


net = Factors(cfg["emb"], cfg["hidden"], len(cfg["features"]))
opt = torch.optim.Adam(net.parameters(), lr=cfg["lr"], weight_decay=cfg["wd"])
sched = torch.optim.lr_scheduler.CosineAnnealingLR(opt, T_max=cfg["epochs"])
loss_fn = lambda out, y: F.mse_loss(out, y)
predict = lambda rows: net(U[rows], I[rows], X[rows])

# In[6]: fit
hist = dict(train=[], valid=[], rmse=[])
for ep in range(cfg["epochs"]):
    net.train()
    run = 0.0
    for b in torch.split(tr[torch.randperm(len(tr))], cfg["bs"]):
        opt.zero_grad()
        loss = loss_fn(predict(b), Y[b])
        loss.backward()
        opt.step()
        run += loss.item() * len(b)
    sched.step()
    net.eval()
    with torch.no_grad():
        out = predict(va)
        hist["train"].append(run / len(tr))
        hist["valid"].append(loss_fn(out, Y[va]).item())
        hist["rmse"].append(rmse(points(out), points(Y[va])))
    print(f"ep {ep:2d} | train {hist['train'][-1]:.4f} | valid {hist['valid'][-1]:.4f} | rmse {hist['rmse'][-1]:.2f} points")

# In[7]: next month's orders
new = pull_log(6000, np.random.default_rng(cfg["seed"] + 777))
truth = np.where(new["app"] == 1, new["score"] * 10, new["score"])
new = fill(new)
new["tip"][:] = table["tip"].mean()  # nobody has paid yet
net.eval()
with torch.no_grad():
    new_x = scale_x(np.stack([new[c] for c in cfg["features"]], axis=1))
    guess = points(net(tt(new[cfg["user_col"]], torch.long), tt(new[cfg["item_col"]], torch.long), new_x))
test_rmse = rmse(guess.numpy().ravel(), truth)
print("next month: rmse %.2f points (always the mean: %.2f)" % (test_rmse, truth.std()))
if os.environ.get("ZOO_METRICS"):
    with open(os.environ["ZOO_METRICS"], "w") as f:
        json.dump(dict(rmse=test_rmse, main="rmse", higher_is_better=False, reported=hist["rmse"][-1], curve=hist["valid"]), f)
