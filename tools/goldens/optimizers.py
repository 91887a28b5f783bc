"""Writes libs/tensor/src/optimizers/goldens/optimizers.json: several steps of torch.optim.AdamW and torch.optim.SGD with groups.

    pip install torch==2.13.0 && python tools/goldens/optimizers.py
    npx oxfmt libs/tensor/src/optimizers/goldens

Two weights in groups of their own rate and decay; gradients and weights are in the golden. Double precision.
"""

import json
from pathlib import Path

import torch

OUT = Path(__file__).parents[2] / "libs/tensor/src/optimizers/goldens/optimizers.json"
STEPS = 6


def run(make, rates, decays):
    torch.manual_seed(20)
    weights = [torch.randn(3, dtype=torch.float64), torch.randn(2, 2, dtype=torch.float64)]
    start = [weight.flatten().tolist() for weight in weights]
    parameters = [weight.clone().requires_grad_() for weight in weights]
    optimizer = make([
        {"params": [parameter], "lr": rate, "weight_decay": decay}
        for parameter, rate, decay in zip(parameters, rates, decays)
    ])
    gradients, after = [], []
    for step in range(STEPS):
        drawn = [torch.randn_like(parameter) * 10.0 ** (step % 3 - 1) for parameter in parameters]
        for parameter, gradient in zip(parameters, drawn):
            parameter.grad = gradient.clone()
        optimizer.step()
        gradients.append([gradient.flatten().tolist() for gradient in drawn])
        after.append([parameter.detach().flatten().tolist() for parameter in parameters])
    return {"learningRate": rates, "weightDecay": decays, "start": start, "gradients": gradients, "after": after}


def adamw(betas, epsilon, rates, decays):
    golden = run(lambda groups: torch.optim.AdamW(groups, betas=betas, eps=epsilon), rates, decays)
    return {"betas": betas, "epsilon": epsilon, **golden}


def sgd(momentum, nesterov, rates, decays):
    golden = run(lambda groups: torch.optim.SGD(groups, lr=1, momentum=momentum, nesterov=nesterov), rates, decays)
    return {"momentum": momentum, "nesterov": nesterov, **golden}


golden = {
    "adamw": [
        adamw([0.9, 0.999], 1e-8, [1e-2, 1e-2], [0.01, 0.01]),
        adamw([0.8, 0.95], 1e-3, [3e-2, 5e-3], [0.5, 0.0]),
    ],
    "sgd": [sgd(0.9, True, [0.05, 0.005], [0.02, 0.0]), sgd(0.5, False, [0.01, 0.1], [0.0, 0.3])],
}
OUT.parent.mkdir(exist_ok=True)
OUT.write_text(json.dumps(golden, indent=2) + "\n")
