"""Normalise written dates ("3rd of march 1998" -> "19980303", "may 2004" -> "200405") with a small attention seq2seq."""
import json
import os
import random
import re
from dataclasses import dataclass

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader

MONTHS = "january february march april may june july august september october november december".split()
VOCAB = ["<pad>", "<s>", "</s>", *"0123456789.,", "st", "nd", "rd", "th", "of", *MONTHS]
TOKEN_TO_ID = {token: i for i, token in enumerate(VOCAB)}


@dataclass
class TrainingArguments:
    num_train_epochs: int = 5
    per_device_train_batch_size: int = 32
    gradient_accumulation_steps: int = 1
    learning_rate: float = 5e-3
    weight_decay: float = 0.01
    warmup_steps: int = 20
    max_grad_norm: float = 1.0
    logging_steps: int = 30
    seed: int = int(os.environ.get("ZOO_SEED", 42))


@dataclass
class DateConfig:
    vocab_size: int = len(VOCAB)
    d_model: int = 64
    dropout: float = 0.1
    initializer_range: float = 0.2
    pad_token_id: int = 0
    bos_token_id: int = 1


def tokenize(text):
    return [TOKEN_TO_ID[t] for t in re.findall(r"\d|[a-z]+|[^ ]", text)] + [2]


def write_date(rng):
    year, month, day, kind = rng.randint(1950, 2039), rng.randint(1, 12), rng.randint(1, 28), rng.random()
    name = MONTHS[month - 1]
    if kind < 0.35:
        return (f"{year}", f"{year}") if kind < 0.15 else (f"{name} {year}", f"{year}{month:02d}")
    suffix = {1: "st", 2: "nd", 3: "rd"}.get(day % 10 if day not in (11, 12, 13) else 0, "th")
    text = rng.choice([f"{day} {name} {year}", f"{name} {day}, {year}", f"{day}.{month}.{year}",
                       f"{day}{suffix} of {name} {year}"])
    return text, f"{year}{month:02d}{day:02d}"


def build_dataset(n, seed):
    rng = random.Random(seed)
    return [{"input_ids": tokenize(source), "labels": tokenize(target)} for source, target in (write_date(rng) for _ in range(n))]


@dataclass
class DataCollatorForSeq2Seq:
    pad_token_id: int = 0
    label_pad_token_id: int = -100

    def pad(self, rows, value):
        width = max(map(len, rows))
        return torch.tensor([row + [value] * (width - len(row)) for row in rows])

    def __call__(self, features):
        input_ids = self.pad([f["input_ids"] for f in features], self.pad_token_id)
        labels = self.pad([f["labels"] for f in features], self.label_pad_token_id)
        return {"input_ids": input_ids, "labels": labels, "attention_mask": (input_ids != self.pad_token_id).long()}


@dataclass
class Seq2SeqOutput:
    loss: torch.Tensor
    logits: torch.Tensor


class DateForConditionalGeneration(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.config = config
        d = config.d_model
        self.shared = nn.Embedding(config.vocab_size, d, padding_idx=config.pad_token_id)
        self.encoder = nn.GRU(d, d, batch_first=True)
        self.decoder = nn.GRU(d, d, batch_first=True)
        self.query = nn.Linear(d, d)
        self.combine = nn.Linear(2 * d, d)
        self.dropout = nn.Dropout(config.dropout)
        self.lm_head = nn.Linear(d, config.vocab_size)
        self.apply(self._init_weights)

    def _init_weights(self, module):
        if isinstance(module, (nn.Linear, nn.Embedding)):
            module.weight.data.normal_(mean=0.0, std=self.config.initializer_range)

    def encode(self, input_ids, attention_mask):
        memory, _ = self.encoder(self.dropout(self.shared(input_ids)))
        mask = attention_mask.unsqueeze(-1).to(memory.dtype)
        return memory, ((memory * mask).sum(1) / mask.sum(1)).unsqueeze(0)

    def decode(self, decoder_input_ids, hidden, memory, attention_mask):
        out, hidden = self.decoder(self.dropout(self.shared(decoder_input_ids)), hidden)
        scores = self.query(out) @ memory.transpose(1, 2)
        scores = scores.masked_fill(attention_mask[:, None, :] == 0, torch.finfo(scores.dtype).min)
        context = torch.softmax(scores, dim=-1) @ memory
        out = torch.tanh(self.combine(torch.cat([out, context], dim=-1)))
        return self.lm_head(self.dropout(out)), hidden

    def shift_right(self, labels):
        shifted = labels.new_full(labels.shape, self.config.bos_token_id)
        shifted[:, 1:] = labels[:, :-1]
        return shifted.masked_fill(shifted == -100, self.config.pad_token_id)

    def forward(self, input_ids, attention_mask, labels):
        memory, hidden = self.encode(input_ids, attention_mask)
        logits, _ = self.decode(self.shift_right(labels), hidden, memory, attention_mask)
        loss = F.cross_entropy(logits.reshape(-1, self.config.vocab_size), labels.reshape(-1), ignore_index=-100)
        return Seq2SeqOutput(loss=loss, logits=logits)

    @torch.no_grad()
    def generate(self, input_ids, attention_mask, max_length=9):
        memory, hidden = self.encode(input_ids, attention_mask)
        token, ids = torch.full((len(input_ids), 1), self.config.bos_token_id), []
        for _ in range(max_length):
            logits, hidden = self.decode(token, hidden, memory, attention_mask)
            token = logits.argmax(-1)
            ids.append(token)
        return torch.cat(ids, dim=1)


class Trainer:
    def __init__(self, model, args, train_dataset, eval_dataset, data_collator):
        self.model, self.args = model, args
        self.train_loader = DataLoader(train_dataset, args.per_device_train_batch_size, shuffle=True, collate_fn=data_collator)
        self.eval_loader = DataLoader(eval_dataset, 128, collate_fn=data_collator)
        self.max_steps = len(self.train_loader) // args.gradient_accumulation_steps * args.num_train_epochs
        self.log_history = []

    def create_optimizer_and_scheduler(self):
        decay = [p for n, p in self.model.named_parameters() if "bias" not in n]
        no_decay = [p for n, p in self.model.named_parameters() if "bias" in n]
        groups = [{"params": decay, "weight_decay": self.args.weight_decay}, {"params": no_decay, "weight_decay": 0.0}]
        self.optimizer = torch.optim.AdamW(groups, lr=self.args.learning_rate)
        self.lr_scheduler = torch.optim.lr_scheduler.LambdaLR(self.optimizer, self.lr_at)

    def lr_at(self, step):
        if step < self.args.warmup_steps:
            return (step + 1) / self.args.warmup_steps
        return max(0.0, (self.max_steps - step) / max(1, self.max_steps - self.args.warmup_steps))

    def compute_loss(self, model, inputs):
        return model(**inputs).loss

    def training_step(self, inputs):
        self.model.train()
        loss = self.compute_loss(self.model, inputs) / self.args.gradient_accumulation_steps
        loss.backward()
        return loss.detach()

    def train(self):
        self.create_optimizer_and_scheduler()
        global_step, tr_loss = 0, 0.0
        for epoch in range(self.args.num_train_epochs):
            for step, inputs in enumerate(self.train_loader):
                tr_loss += self.training_step(inputs)
                if (step + 1) % self.args.gradient_accumulation_steps:
                    continue
                nn.utils.clip_grad_norm_(self.model.parameters(), self.args.max_grad_norm)
                self.optimizer.step()
                self.lr_scheduler.step()
                self.optimizer.zero_grad()
                global_step += 1
                if global_step % self.args.logging_steps == 0:
                    print({"loss": round(float(tr_loss) / self.args.logging_steps, 4), "step": global_step})
                    tr_loss = 0.0
            self.log_history.append({**self.evaluate(), "epoch": epoch + 1})
            print(self.log_history[-1])

    @torch.no_grad()
    def evaluate(self):
        self.model.eval()
        losses, hits = [], []
        for inputs in self.eval_loader:
            outputs, labels = self.model(**inputs), inputs["labels"]
            hits.append((outputs.logits.argmax(-1) == labels)[labels != -100].float())
            losses.append(outputs.loss.item())
        return {"eval_loss": sum(losses) / len(losses), "eval_accuracy": torch.cat(hits).mean().item()}


def main():
    args, config = TrainingArguments(), DateConfig()
    torch.manual_seed(args.seed)
    torch.set_num_threads(1)
    train_dataset, eval_dataset = build_dataset(1920, args.seed), build_dataset(256, args.seed + 1)
    model = DateForConditionalGeneration(config)
    trainer = Trainer(model, args, train_dataset, eval_dataset, DataCollatorForSeq2Seq(config.pad_token_id))
    trainer.train()

    test = build_dataset(300, args.seed + 10_000)
    ids = torch.tensor([f["input_ids"] + [0] * (16 - len(f["input_ids"])) for f in test])
    wanted = torch.tensor([f["labels"] + [-1] * (9 - len(f["labels"])) for f in test])
    model.eval()
    accuracy = (model.generate(ids, (ids != 0).long()) == wanted)[wanted >= 0].float().mean().item()
    print(f"accuracy of generated tokens on new dates: {accuracy:.4f}")
    if "ZOO_METRICS" in os.environ:
        report = {"accuracy": accuracy, "main": "accuracy", "higher_is_better": True}
        report.update(reported=trainer.log_history[-1]["eval_accuracy"], curve=[log["eval_loss"] for log in trainer.log_history])
        with open(os.environ["ZOO_METRICS"], "w") as f:
            json.dump(report, f)


if __name__ == "__main__":
    main()
