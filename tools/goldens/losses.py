"""Writes libs/losses/src/losses-golden.json: values and gradients of losses as PyTorch computes them.

    pip install torch && python tools/goldens/losses.py > libs/losses/src/losses-golden.json
    npx oxfmt libs/losses/src/losses-golden.json
"""

import json

import torch
from torch.nn import functional as F

BATCH, CLASSES = 4, 3


def draw(seed, *shape):
    numbers = torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    return (numbers * 1000).round() / 1000


def correlation(a, b):
    return torch.stack([torch.corrcoef(torch.stack([x, y]))[0, 1] for x, y in zip(a, b)])


def dist(student, teacher, temperature):
    p, q = F.softmax(student / temperature, 1), F.softmax(teacher / temperature, 1)
    inter, intra = correlation(p, q).mean(), correlation(p.T, q.T).mean()
    return temperature**2 * (1 - inter), temperature**2 * (1 - intra)


def noise_adaptation(student, teacher, matrix, diagonal):
    off = F.softmax(matrix.masked_fill(torch.eye(CLASSES, dtype=torch.bool), -torch.inf), 1)
    q = diagonal * torch.eye(CLASSES, dtype=torch.float64) + (1 - diagonal) * off
    return F.nll_loss((F.softmax(student, 1) @ q).log(), teacher.argmax(1))


def weighted_mse(student, teacher, weights):
    per_picture = F.mse_loss(student, teacher, reduction="none").mean(1)
    return (per_picture * weights).sum() / (weights != 0).sum()


def entry(value, *inputs):
    gradients = torch.autograd.grad(value, inputs, retain_graph=True)
    return {"value": value.item(), "gradients": [gradient.flatten().tolist() for gradient in gradients]}


student = draw(1, BATCH, CLASSES).requires_grad_()
teacher = draw(2, BATCH, CLASSES) * 3
matrix = draw(3, CLASSES, CLASSES).requires_grad_()
weights = torch.tensor([0.5, 0.0, 1.0, 0.75], dtype=torch.float64)
inter, intra = dist(student, teacher, 4)
golden = {
    "torch": torch.__version__,
    "shape": [BATCH, CLASSES],
    "student": student.flatten().tolist(),
    "teacher": teacher.flatten().tolist(),
    "matrix": matrix.flatten().tolist(),
    "weights": weights.tolist(),
    "distInter": {"temperature": 4, **entry(inter, student)},
    "distIntra": {"temperature": 4, **entry(intra, student)},
    "noiseAdaptation": {"diagonal": 0.8, **entry(noise_adaptation(student, teacher, matrix, 0.8), student, matrix)},
    "weightedFeatureMse": entry(weighted_mse(student, teacher, weights), student),
}
print(json.dumps(golden, indent=1))
