"""Six-hour-ahead load forecasts for the meters of one substation. Keras-like wrapper around a torch LSTM."""
import json, os

import numpy as np
import torch
from torch import nn
from torch.nn.utils.rnn import pad_sequence

SEED = int(os.environ.get("ZOO_SEED", 0))
HORIZON = 6


class Meters:
    """Invented meters: a daily profile shifted per site, heating that lags behind the weather, noise."""

    def __init__(self, n, seed):
        rng = np.random.default_rng(seed)
        self.series = [self.simulate(rng, int(rng.integers(12, 37))) for _ in range(n)]

    @staticmethod
    def simulate(rng, length):
        total = length + HORIZON + 48
        clock = rng.integers(0, 24) + np.arange(total)
        weekend = float(rng.random() < 2 / 7)
        temp = rng.normal(8, 5) + 4 * np.sin(2 * np.pi * (clock - 9) / 24) + np.cumsum(rng.normal(0, 0.5, total))
        indoor = temp.copy()
        for t in range(1, total):
            indoor[t] = 0.92 * indoor[t - 1] + 0.08 * temp[t]
        local = clock - rng.integers(0, 9)
        daily = np.exp(1.3 * np.sin(2 * np.pi * (local - 8) / 24)) * (1 - 0.5 * weekend)
        load = 150 + rng.uniform(50, 110) * daily + 7 * np.maximum(0, 18 - indoor) + rng.normal(0, 9, total)
        columns = {"load": load, "temp": temp, "hour": clock % 24, "weekend": np.full(total, weekend)}
        return {k: v[48:] for k, v in columns.items()}


def trailing_mean(values, width=6):
    padded = np.concatenate([np.full(width - 1, values[0]), values])
    return np.convolve(padded, np.ones(width) / width, mode="valid")


class Preparation:
    def fit(self, meters):
        load, temp = [np.concatenate([s[k] for s in meters.series]) for k in ("load", "temp")]
        self.load_mean, self.load_std = load.mean(), load.std()
        self.temp_mean, self.temp_std = temp.mean(), temp.std()
        return self

    def features(self, s, length):
        load = (s["load"][:length] - self.load_mean) / self.load_std
        angle = 2 * np.pi * s["hour"][:length] / 24
        temp = (s["temp"][:length] - self.temp_mean) / self.temp_std
        columns = [load, trailing_mean(load), temp, np.sin(angle), np.cos(angle), s["weekend"][:length]]
        return torch.tensor(np.stack(columns, 1), dtype=torch.float32)

    def target(self, s):
        return torch.tensor((s["load"][HORIZON:] - self.load_mean) / self.load_std, dtype=torch.float32)

    def inverse(self, y):
        return y * self.load_std + self.load_mean


class Sequence:
    """Batches of padded meters: x, y, mask."""

    def __init__(self, meters, prep, batch_size, shuffle):
        self.pairs = [(prep.features(s, len(s["load"]) - HORIZON), prep.target(s)) for s in meters.series]
        self.batch_size, self.shuffle = batch_size, shuffle

    def __iter__(self):
        order = torch.randperm(len(self.pairs)) if self.shuffle else torch.arange(len(self.pairs))
        for idx in order.split(self.batch_size):
            xs, ys = zip(*[self.pairs[i] for i in idx.tolist()])
            mask = pad_sequence([torch.ones(len(y)) for y in ys], batch_first=True)
            yield pad_sequence(xs, batch_first=True), pad_sequence(ys, batch_first=True), mask


class Network(nn.Module):
    def __init__(self, n_features=6, units=24):
        super().__init__()
        self.select = nn.Linear(n_features, n_features)
        self.rnn = nn.LSTM(n_features, units, batch_first=True)
        self.drop = nn.Dropout(0.05)
        self.head = nn.Sequential(nn.Linear(units, units), nn.ReLU(), nn.Linear(units, 1))

    def forward(self, x):
        gates = torch.softmax(self.select(x), dim=-1) * x.shape[-1]
        states, _ = self.rnn(x * gates)
        return self.head(self.drop(states)).squeeze(-1)


def masked_mse(y_true, y_pred, mask):
    return ((y_true - y_pred) ** 2 * mask).sum() / mask.sum()


class ReduceLROnPlateau:
    def __init__(self, patience=3, factor=0.4):
        self.patience, self.factor, self.best, self.wait = patience, factor, float("inf"), 0

    def on_epoch_end(self, model, logs):
        if logs["val_loss"] < self.best:
            self.best, self.wait = logs["val_loss"], 0
            return
        self.wait += 1
        if self.wait % self.patience == 0:
            for group in model.optimizer.param_groups:
                group["lr"] *= self.factor


class EarlyStopping:
    def __init__(self, patience=8):
        self.patience, self.best, self.wait, self.weights = patience, float("inf"), 0, None

    def on_epoch_end(self, model, logs):
        if logs["val_loss"] < self.best:
            self.best, self.wait = logs["val_loss"], 0
            self.weights = {k: v.clone() for k, v in model.network.state_dict().items()}
        else:
            self.wait += 1
            model.stop_training = self.wait >= self.patience


class Model:
    def __init__(self, network, prep):
        self.network, self.prep, self.stop_training = network, prep, False

    def compile(self, optimizer="adam", lr=1e-2, loss=masked_mse, clipnorm=1.0):
        kinds = {"adam": torch.optim.Adam, "rmsprop": torch.optim.RMSprop, "sgd": torch.optim.SGD}
        extra = {"momentum": 0.9} if optimizer == "sgd" else {}
        self.optimizer = kinds[optimizer](self.network.parameters(), lr=lr, **extra)
        self.loss, self.clipnorm = loss, clipnorm

    def train_on_batch(self, x, y, mask):
        self.optimizer.zero_grad()
        loss = self.loss(y, self.network(x), mask)
        loss.backward()
        nn.utils.clip_grad_norm_(self.network.parameters(), self.clipnorm)
        self.optimizer.step()
        return loss.item()

    def fit(self, data, epochs, validation_data, callbacks=()):
        history = {"loss": [], "val_loss": [], "val_rmse": []}
        for epoch in range(epochs):
            self.network.train()
            losses = [self.train_on_batch(*batch) for batch in data]
            logs = {"loss": float(np.mean(losses)), **self.evaluate(validation_data)}
            for key, value in logs.items():
                history[key].append(value)
            print(f"Epoch {epoch + 1}/{epochs} - " + " - ".join(f"{k}: {v:.4f}" for k, v in logs.items()))
            for callback in callbacks:
                callback.on_epoch_end(self, logs)
            if self.stop_training: break
        return history

    def predict(self, x):
        self.network.eval()
        with torch.no_grad():
            return self.network(x)

    def evaluate(self, data):
        outputs = [(y, self.predict(x), mask) for x, y, mask in data]
        mse = np.mean([masked_mse(*out).item() for out in outputs])
        return {"val_loss": float(np.mean([self.loss(*out).item() for out in outputs])), "val_rmse": float(mse**0.5 * self.prep.load_std)}


def main():
    torch.manual_seed(SEED), torch.set_num_threads(1)
    train, val = Meters(320, 10 * SEED + 1), Meters(120, 10 * SEED + 2)
    prep = Preparation().fit(train)
    model = Model(Network(), prep)
    model.compile(optimizer="adam", lr=1e-2)
    stopper = EarlyStopping()
    history = model.fit(Sequence(train, prep, 32, True), epochs=26, validation_data=Sequence(val, prep, 120, False),
                        callbacks=[ReduceLROnPlateau(), stopper])
    model.network.load_state_dict(stopper.weights)

    errors = []
    for now in (2, 6, 10, 14, 18, 22, 26, 30, 34):
        series = [s for s in Meters(600, 10 * SEED + 7).series if len(s["load"]) >= now + HORIZON]
        past = [prep.features({k: v[:now] for k, v in s.items()}, now) for s in series]
        forecast = prep.inverse(model.predict(torch.stack(past))[:, -1].numpy())
        errors += [(f - s["load"][now - 1 + HORIZON]) ** 2 for f, s in zip(forecast, series)]
    rmse = float(np.mean(errors) ** 0.5)
    print(f"rmse on new meters: {rmse:.2f} kW")
    if os.environ.get("ZOO_METRICS"):
        with open(os.environ["ZOO_METRICS"], "w") as f:
            json.dump({"rmse": rmse, "main": "rmse", "higher_is_better": False, "reported": min(history["val_rmse"]), "curve": history["val_loss"]}, f)


if __name__ == "__main__":
    main()
