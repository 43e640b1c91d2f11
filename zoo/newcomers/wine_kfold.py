# Wine cultivars, stratified folds, averaged predictions. Notebook exported to a script.
import os
import numpy as np, torch, torch.nn as nn, torch.nn.functional as F
from sklearn.datasets import load_wine
from sklearn.model_selection import StratifiedKFold, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

class CFG:
    seed = int(os.environ.get("ZOO_SEED", 2024)); n_fold = 3; epochs = 40; lr = 2e-2; bs = 16; wd = 5e-2; smoothing = 0.05

def seed_everything(s):
    np.random.seed(s); torch.manual_seed(s)

class Net(nn.Module):
    def __init__(s, d, k):
        super().__init__()
        s.norm = nn.LayerNorm(24); s.a = nn.Linear(d, 24); s.b = nn.Linear(24, k); s.do = nn.Dropout(.25)
    def forward(s, x): return s.b(s.do(F.relu(s.norm(s.a(x)))))

def get_batches(X, y, bs, train):
    idx = np.random.permutation(len(X)) if train else np.arange(len(X))
    for i in range(0, len(X), bs):
        j = idx[i:i+bs]
        if train and len(j) < 2: continue
        yield torch.tensor(X[j], dtype=torch.float32), torch.tensor(y[j])

seed_everything(CFG.seed)
X, y = load_wine(return_X_y=True)
X, X_test, y, y_test = train_test_split(X, y, test_size=.25, stratify=y, random_state=CFG.seed)
test_pred = np.zeros((len(X_test), 3)); oof = np.zeros(len(X))
skf = StratifiedKFold(CFG.n_fold, shuffle=True, random_state=CFG.seed)
for fold, (tr, va) in enumerate(skf.split(X, y)):
    sc = make_pipeline(StandardScaler()).fit(X[tr])
    Xtr, Xva, Xte = sc.transform(X[tr]), sc.transform(X[va]), sc.transform(X_test)
    model = Net(X.shape[1], 3)
    opt = torch.optim.AdamW(model.parameters(), lr=CFG.lr, weight_decay=CFG.wd)
    sch = torch.optim.lr_scheduler.CosineAnnealingLR(opt, CFG.epochs)
    crit = nn.CrossEntropyLoss(label_smoothing=CFG.smoothing)
    for ep in range(CFG.epochs):
        model.train(); tl = []
        for xb, yb in get_batches(Xtr, y[tr], CFG.bs, True):
            loss = crit(model(xb), yb); opt.zero_grad(); loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 5.); opt.step(); tl.append(loss.item())
        sch.step()
        model.eval(); vl, vp = [], []
        with torch.no_grad():
            for xb, yb in get_batches(Xva, y[va], 64, False):
                o = model(xb); vl.append(crit(o, yb).item()); vp.append(o.argmax(1).numpy())
        if ep % 10 == 9: print(f"fold {fold} ep {ep+1} trn {np.mean(tl):.4f} val {np.mean(vl):.4f} acc {(np.concatenate(vp)==y[va]).mean():.4f}")
    oof[va] = np.concatenate(vp)
    with torch.no_grad(): test_pred += model(torch.tensor(Xte, dtype=torch.float32)).softmax(1).numpy() / CFG.n_fold
print("OOF accuracy", (oof == y).mean(), "| test accuracy", (test_pred.argmax(1) == y_test).mean())
