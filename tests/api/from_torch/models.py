"""Models as people write them in PyTorch: each makes a module, and a function of its loss."""

from __future__ import annotations

import math

import torch
from torch import nn
from torch.nn import functional


class LeNet(nn.Module):
    """LeNet with batch norm, for pictures of 12 × 12."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 3, 3, padding=1)
        self.bn1 = nn.BatchNorm2d(3)
        self.conv2 = nn.Conv2d(3, 4, 3)
        self.bn2 = nn.BatchNorm2d(4)
        self.fc1 = nn.Linear(16, 8)
        self.fc2 = nn.Linear(8, 5)

    def forward(self, x):
        x = functional.max_pool2d(torch.relu(self.bn1(self.conv1(x))), 2)
        x = functional.max_pool2d(torch.relu(self.bn2(self.conv2(x))), 2)
        return self.fc2(torch.relu(self.fc1(x.flatten(1))))


class Residual(nn.Module):
    """A block of a ResNet whose shortcut changes the channels."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(2, 4, 3, stride=2, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(4)
        self.conv2 = nn.Conv2d(4, 4, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(4)
        self.relu = nn.ReLU(inplace=True)
        self.downsample = nn.Sequential(nn.Conv2d(2, 4, 1, stride=2, bias=False), nn.BatchNorm2d(4))
        self.fc = nn.Linear(4, 5)

    def forward(self, x):
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        out += self.downsample(x)
        return self.fc(self.relu(out).mean((2, 3)))


class Attention(nn.Module):
    """Causal self-attention, by hand or by PyTorch's function."""

    def __init__(self, width, heads, by_hand):
        super().__init__()
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)
        self.heads, self.by_hand = heads, by_hand
        self.register_buffer("mask", torch.tril(torch.ones(16, 16)).view(1, 1, 16, 16))

    def forward(self, x):
        B, T, C = x.shape
        q, k, v = self.qkv(x).split(C, dim=2)
        q, k, v = (one.view(B, T, self.heads, -1).transpose(1, 2) for one in (q, k, v))
        if self.by_hand:
            att = q @ k.transpose(-2, -1) / math.sqrt(k.size(-1))
            att = att.masked_fill(self.mask[:, :, :T, :T] == 0, float("-inf"))
            y = functional.softmax(att, dim=-1) @ v
        else:
            y = functional.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.proj(y.transpose(1, 2).contiguous().view(B, T, C))


class Block(nn.Module):
    """A block of a GPT."""

    def __init__(self, width, heads, by_hand):
        super().__init__()
        self.ln_1, self.ln_2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attn = Attention(width, heads, by_hand)
        self.mlp = nn.Sequential(
            nn.Linear(width, 2 * width), nn.GELU(), nn.Linear(2 * width, width)
        )

    def forward(self, x):
        x = x + self.attn(self.ln_1(x))
        return x + self.mlp(self.ln_2(x))


class GPT(nn.Module):
    """A GPT whose last layer shares its weights with the table of tokens."""

    def __init__(self, by_hand):
        super().__init__()
        self.wte, self.wpe = nn.Embedding(7, 8), nn.Embedding(16, 8)
        self.h = nn.ModuleList([Block(8, 2, by_hand) for _ in range(2)])
        self.ln_f = nn.LayerNorm(8)
        self.lm_head = nn.Linear(8, 7, bias=False)
        self.wte.weight = self.lm_head.weight

    def forward(self, tokens):
        x = self.wte(tokens) + self.wpe(torch.arange(tokens.shape[1]))
        for block in self.h:
            x = block(x)
        return self.lm_head(self.ln_f(x))


class Recurrent(nn.Module):
    """A recurrent layer of PyTorch's, and a linear one on its last state."""

    def __init__(self, kind):
        super().__init__()
        self.rnn = kind(3, 4, batch_first=True)
        self.fc = nn.Linear(4, 5)

    def forward(self, x):
        out, _ = self.rnn(x)
        return self.fc(out[:, -1])


class Cells(nn.Module):
    """An LSTM cell in a loop."""

    def __init__(self):
        super().__init__()
        self.cell = nn.LSTMCell(3, 4)
        self.fc = nn.Linear(4, 5)

    def forward(self, x):
        h = c = torch.zeros(len(x), 4, dtype=x.dtype)
        for t in range(x.shape[1]):
            h, c = self.cell(x[:, t], (h, c))
        return self.fc(h)


class Branching(nn.Module):
    """A model that looks at its data to choose a way."""

    def __init__(self):
        super().__init__()
        self.small, self.large, self.fc = nn.Linear(3, 4), nn.Linear(3, 4), nn.Linear(4, 5)

    def forward(self, x):
        h = self.small(x)
        if h.abs().mean() > 0.1:
            h = torch.tanh(self.large(x)) * h
        return self.fc(h)


class Encoder(nn.Module):
    """An encoder layer as PyTorch has it."""

    def __init__(self):
        super().__init__()
        self.layer = nn.TransformerEncoderLayer(8, 2, 12, dropout=0.1, batch_first=True)
        self.fc = nn.Linear(8, 5)

    def forward(self, x):
        return self.fc(self.layer(x).mean(1))


def mlp():
    """A multi-layer perceptron that is a Sequential."""
    return nn.Sequential(nn.Linear(3, 6), nn.ReLU(), nn.Linear(6, 6), nn.Tanh(), nn.Linear(6, 5))


DATA = {
    "rows": lambda: torch.randn(4, 3),
    "pictures": lambda: torch.randn(4, 1, 12, 12),
    "channels": lambda: torch.randn(4, 2, 6, 6),
    "sequences": lambda: torch.randn(4, 6, 3),
    "wide": lambda: torch.randn(4, 5, 8),
}
MODELS = {
    "mlp": (mlp, "rows"),
    "lenet": (LeNet, "pictures"),
    "residual": (Residual, "channels"),
    "gpt by hand": (lambda: GPT(True), "tokens"),
    "gpt by function": (lambda: GPT(False), "tokens"),
    "encoder": (Encoder, "wide"),
    "lstm": (lambda: Recurrent(nn.LSTM), "sequences"),
    "gru": (lambda: Recurrent(nn.GRU), "sequences"),
    "cells": (Cells, "sequences"),
    "branching": (Branching, "rows"),
}


def made(name, dtype=torch.float64):
    """A model by its name, and a function that computes its loss."""
    torch.manual_seed(7)
    make, data = MODELS[name]
    model = make().to(dtype)
    if data == "tokens":
        tokens = torch.randint(0, 7, (2, 6))
        x, y = tokens[:, :-1], tokens[:, 1:]
        return model, lambda: functional.cross_entropy(model(x).reshape(-1, 7), y.reshape(-1))
    x, y = DATA[data]().to(dtype), torch.tensor([0, 3, 1, 4])
    return model, lambda: functional.cross_entropy(model(x), y)
