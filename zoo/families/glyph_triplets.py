# 卒研の準備: 文字画像の距離学習（三つ組損失）
# 学習に使わない文字でも、見本5枚の重心との距離で見分けられるか調べる
import copy
import json
import os

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

# ======== データ ========
# 文字は線分4本をランダムに置いたもの。1種類 = 線分の端点の組


def mk_glyphs(k, g):
    return torch.rand(k, 4, 2, 2, generator=g) * 0.7 + 0.15


def draw(p, g, noise=0.2):
    # p: (n, 4, 2, 2) 端点。手書きっぽく揺らしてから 16x16 に描く
    n = len(p)
    p = p + 0.035 * torch.randn(p.shape, generator=g)
    a = 0.2 * torch.randn(n, generator=g)          # 傾き（ラジアン）
    s = 1 + 0.1 * torch.randn(n, generator=g)      # 大きさ
    r = torch.stack([torch.stack([a.cos(), -a.sin()], 1), torch.stack([a.sin(), a.cos()], 1)], 1)
    t = 0.04 * torch.randn(n, 1, 1, 2, generator=g)
    p = torch.einsum("nij,nskj->nski", r, p - 0.5) * s.view(n, 1, 1, 1) + 0.5 + t
    v = (torch.arange(16) + 0.5) / 16
    q = torch.stack(torch.meshgrid(v, v, indexing="ij"), -1).view(1, 1, 256, 2)
    b, e = p[:, :, :1], p[:, :, 1:]
    d = e - b
    u = ((q - b) * d).sum(-1) / (d * d).sum(-1).clamp(min=1e-4)
    dist = (q - b - u.clamp(0, 1).unsqueeze(-1) * d).norm(dim=-1).amin(1)
    x = (-(dist / 0.05) ** 2).exp().view(n, 1, 16, 16)
    return x + noise * torch.randn(x.shape, generator=g)


def mk_set(k, m, g):
    # 評価用: k 種類 x m 枚（描き直さない）
    p = mk_glyphs(k, g)
    y = torch.arange(k).repeat_interleave(m)
    return draw(p[y], g), y


def feed(p, k, m, n, g):
    # k 種類を選んで m 枚ずつ新しく描いたバッチを n 回返す
    for _ in range(n):
        c = torch.randperm(len(p), generator=g)[:k].repeat_interleave(m)
        yield draw(p[c], g), c


# ======== モデルと損失 ========
class Net(nn.Module):
    def __init__(self, ch=16, dim=32):
        super().__init__()
        self.c1 = nn.Conv2d(1, ch, 5, stride=2, padding=2)
        self.c2 = nn.Conv2d(ch, ch * 2, 3, padding=1)
        self.c3 = nn.Conv2d(ch * 2, ch * 2, 3, padding=1)
        self.fc = nn.Linear(ch * 2 * 16, dim)

    def forward(self, x):
        h = F.relu(self.c1(x))
        h = F.max_pool2d(F.relu(self.c2(h)), 2)
        h = F.relu(self.c3(h))
        return F.normalize(self.fc(h.flatten(1)), dim=1)


def pdist(z):
    # 全ペアの距離。0 の微分が nan にならないように小さい数を足す
    d2 = (z.unsqueeze(1) - z.unsqueeze(0)).pow(2).sum(-1)
    return (d2 + 1e-8).sqrt()


def tri_loss(z, y, m=0.5):
    # 三つ組 (a, p, n) を全部作って平均する
    d = pdist(z)
    same = y.unsqueeze(0) == y.unsqueeze(1)
    pos = same & ~torch.eye(len(y), dtype=torch.bool)
    neg = ~same
    l = F.relu(d.unsqueeze(2) - d.unsqueeze(1) + m)
    ok = (pos.unsqueeze(2) & neg.unsqueeze(1)).float()
    return (l * ok).sum() / ok.sum()


@torch.no_grad()
def ema(t, s, a):
    # 先生モデル t を生徒 s に少しずつ近づける
    for p, q in zip(t.parameters(), s.parameters()):
        p.mul_(a).add_(q, alpha=1 - a)


# ======== 評価 ========
@torch.no_grad()
def acc_centroid(f, x, y, shot=5):
    # 各種類の最初の shot 枚で重心を作り、残りを一番近い重心に分類する
    f.eval()
    z = f(x)
    c = y.unique()
    sup = torch.zeros(len(y), dtype=torch.bool)
    for i in c:
        sup[(y == i).nonzero().view(-1)[:shot]] = True
    cen = torch.stack([z[sup & (y == i)].mean(0) for i in c])
    pred = c[torch.cdist(z[~sup], cen).argmin(1)]
    return (pred == y[~sup]).float().mean().item()


@torch.no_grad()
def val_loss(f, x, y):
    f.eval()
    r = torch.arange(len(y)) % 4                    # 4 組に分けて平均
    return sum(tri_loss(f(x[r == i]), y[r == i]).item() for i in range(4)) / 4


def main():
    seed = int(os.environ.get("ZOO_SEED", 0))
    torch.manual_seed(seed)
    np.random.seed(seed)
    g = torch.Generator().manual_seed(seed)
    pt = mk_glyphs(150, g)
    xv, yv = mk_set(20, 20, g)

    net = Net()
    tea = copy.deepcopy(net)
    for p in tea.parameters():
        p.requires_grad_(False)
    opt = torch.optim.Adam(net.parameters(), lr=2e-3)

    max_it, ev, a = 400, 50, 0.97
    best, best_acc, hist = None, -1, []
    it, run = 0, 0.0
    ld = feed(pt, 8, 4, 25, g)
    while it < max_it:
        try:
            x, y = next(ld)
        except StopIteration:
            ld = feed(pt, 8, 4, 25, g)
            x, y = next(ld)
        net.train()
        z = net(x)
        loss = tri_loss(z, y)
        opt.zero_grad()
        loss.backward()
        opt.step()
        ema(tea, net, a)
        run += loss.item()
        it += 1
        if it % ev == 0:
            vl, va = val_loss(tea, xv, yv), acc_centroid(tea, xv, yv)
            hist.append(vl)
            print(f"{it:4d}回 損失 {run / ev:.4f} 検証損失 {vl:.4f} 検証正解率 {va:.3f}")
            run = 0.0
            if va > best_acc:
                best, best_acc = copy.deepcopy(tea), va

    # 最後に、まったく新しい文字で確かめる（20種類 x 3組）
    gt = torch.Generator().manual_seed(seed + 1000)
    best.eval()
    acc = 0.0
    for _ in range(3):
        with torch.no_grad():
            zs = best(draw(mk_glyphs(20, gt).repeat_interleave(25, 0), gt).to(best.fc.weight.dtype))
        zs = zs.float().nan_to_num(9.9).view(20, 25, -1)
        pr = torch.cdist(zs[:, 5:].reshape(400, -1), zs[:, :5].mean(1)).argmin(1)
        acc += (pr == torch.arange(20).repeat_interleave(20)).float().mean().item() / 3
    print(f"新しい文字の正解率 {acc:.3f}（検証での最高 {best_acc:.3f}）")
    if os.environ.get("ZOO_METRICS"):
        with open(os.environ["ZOO_METRICS"], "w") as fp:
            json.dump({"accuracy": acc, "main": "accuracy", "higher_is_better": True,
                       "reported": best_acc, "curve": hist}, fp)


if __name__ == "__main__":
    main()
