"""Writes libs/models/src/goldens/*.json: what PyTorch makes of every architecture, by weights that both sides compute.

    pip install torch==2.13.0 numpy && python tools/goldens/models.py [NAME...]
    npx oxfmt libs/models/src/goldens

Weights and pictures come from a rule (`hashed`), so neither is stored. PyTorch computes in double precision. For each
parameter the golden has its shape and, of up to 2048 of its values' changes in one training step, the projection onto
a hashed direction and the length: together they tell a wrong gradient, order or layout.
"""

import json
import sys
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tools/pytorch"))
from twins import build  # noqa: E402

CIFAR = {"size": 16, "batch": 4, "gain": 0.8}
IMAGENET = {"size": 64, "batch": 4, "gain": 0.8}
# Networks whose signal passes no shortcut need He's gain to carry it to the end.
CASES = {
    "resnet8": CIFAR,
    "resnet20": CIFAR,
    "resnet32": CIFAR,
    "resnet56": CIFAR,
    "resnet110": {**CIFAR, "size": 8},
    "wrn-16-1": CIFAR,
    "wrn-16-2": CIFAR,
    "wrn-40-1": CIFAR,
    "wrn-40-2": CIFAR,
    "resnet10-half": IMAGENET,
    "resnet18": IMAGENET,
    "resnet34": IMAGENET,
    "resnet50": IMAGENET,
    "convnext-atto": IMAGENET,
    "convnext-femto": IMAGENET,
    "vit-tiny": {"size": 224, "batch": 2, "gain": 0.8},
    "resnet18-cifar": CIFAR,
    "resnet34-cifar": CIFAR,
    "mobilenetv2": {**IMAGENET, "gain": 1.4},
    "mobilenetv2-cifar": {**CIFAR, "gain": 1.4},
    "mobilenetv1-025": {**IMAGENET, "gain": 1.4},
    "mobilenetv1-05": {**IMAGENET, "gain": 1.4},
    "mobilenetv1": {**IMAGENET, "size": 48, "gain": 1.4},
    "mobilenetv3-small": {**IMAGENET, "gain": 1.4},
    "mobilenetv3-large": {**IMAGENET, "gain": 1.35},
    "efficientnet-b0": {**IMAGENET, "gain": 1.5},
}
CLASSES = 5
BATCHES = 48
# Where the gradients of the activations that have such places jump.
BOUNDS = {"relu": [0], "relu6": [0, 6], "hardswish": [-3, 3], "hardsigmoid": [-3, 3]}
# Of a network whose activations have no bounds.
SMOOTH = 1.0
STEP = {"learningRate": 0.1, "momentum": 0.9, "nesterov": True, "weightDecay": 5e-4}


def hashed(name, size):
    """FNV-1a of the name, then MurmurHash3's finaliser of it and the index: numbers in [-1, 1), float64."""
    start = 0x811C9DC5
    for byte in name.encode():
        start = ((start ^ byte) * 0x01000193) & 0xFFFFFFFF
    with np.errstate(over="ignore"):
        h = np.arange(size, dtype=np.uint32) * np.uint32(0x9E3779B9) + np.uint32(start)
        h = (h ^ (h >> np.uint32(16))) * np.uint32(0x85EBCA6B)
        h = (h ^ (h >> np.uint32(13))) * np.uint32(0xC2B2AE35)
        h = h ^ (h >> np.uint32(16))
    return h.astype(np.float64) / 2**31 - 1


def rule(name, shape, gain):
    """Convolutions and classifier spread by fan-in, normalisations near their starting values, none symmetric."""
    values = hashed(name, int(np.prod(shape)))
    if len(shape) > 1:
        values = values * (gain * np.sqrt(3 / np.prod(shape[1:])))
    elif name.endswith("running_var"):
        values = 1 + values / 2
    elif name.endswith("weight"):
        values = 1 + values / 4
    else:
        values = values / 5
    return torch.from_numpy(values.astype(np.float32).reshape(shape)).double()


def spread_out(flat, count):
    """Some values from all over a flat tensor in PyTorch's order; all, in another order, where it is small."""
    return flat[(torch.arange(min(count, len(flat))) * 7919) % len(flat)]


def sampled(tensor, count):
    return rounded(spread_out(tensor.detach().flatten(), count).tolist())


def rounded(values):
    return [float(f"{value:.7g}") for value in values]


def answers(result):
    logits, features, feature_map = result
    return {
        "logits": rounded(logits.detach().flatten().tolist()),
        "features": sampled(features, 32),
        "featureMapShape": list(feature_map.shape),
        "featureMap": sampled(feature_map, 32),
    }


def pictures(name, shape):
    return torch.from_numpy((hashed(name, int(np.prod(shape))) * 1.7).astype(np.float32).reshape(shape)).double()


def margin(model, images):
    """How near an activation's input comes to a bound, as a share of its layer's spread: there gradients jump."""
    nearest = []

    def watch(activation, bounds):
        def watched(x, *rest, **named):
            spread = x.detach().std()
            nearest.extend(((x.detach() - bound).abs().min() / spread).item() for bound in bounds)
            return activation(x, *rest, **named)

        return watched

    stock = {name: getattr(F, name) for name in BOUNDS}
    for name, activation in stock.items():
        setattr(F, name, watch(activation, BOUNDS[name]))
    try:
        with torch.no_grad():
            model(images)
    finally:
        for name, activation in stock.items():
            setattr(F, name, activation)
    return min(nearest, default=SMOOTH)


def golden(name, size, batch, gain):
    model = build(name, CLASSES).double()
    weights = {key: value for key, value in model.state_dict().items() if not key.endswith("num_batches_tracked")}
    before = {key: rule(key, tuple(value.shape), gain) for key, value in weights.items()}
    model.load_state_dict(before, strict=False)
    shape = (batch, 3, size, size)

    # Of a few batches the one whose gradients depend least on rounding.
    model.train()
    batches = [f"pictures {index}" for index in range(BATCHES)]
    nearest = {}
    for key in batches:
        nearest[key] = margin(model, pictures(key, shape))
        if nearest[key] == SMOOTH:
            break
    chosen = max(nearest, key=nearest.get)
    images = pictures(chosen, shape)
    model.load_state_dict(before, strict=False)

    model.eval()
    evaluated = answers(model(images))
    spread = torch.tensor(evaluated["logits"]).view(batch, CLASSES).std(0)
    assert spread.min() > 1e-3, f"{name} answers the same to every picture: {spread}"

    model.train()
    optimiser = torch.optim.SGD(
        model.parameters(),
        lr=STEP["learningRate"],
        momentum=STEP["momentum"],
        nesterov=STEP["nesterov"],
        weight_decay=STEP["weightDecay"],
    )
    result = model(images)
    loss = F.cross_entropy(result[0], torch.arange(batch) % CLASSES)
    loss.backward()
    optimiser.step()
    after = model.state_dict()
    parameters = {}
    for key, start in before.items():
        change = spread_out((after[key] - start).flatten(), 2048)
        along = change @ torch.from_numpy(hashed(f"{key}/direction", len(change)))
        parameters[key] = [list(start.shape), *rounded([along.item(), change.norm().item()])]
    return {
        "model": name,
        "torch": torch.__version__.split("+")[0],
        "classes": CLASSES,
        "size": size,
        "batch": batch,
        "gain": gain,
        "pictures": chosen,
        "margin": rounded([nearest[chosen]])[0],
        "evaluation": evaluated,
        "training": {"step": STEP, "loss": rounded([loss.item()])[0], **answers(result)},
        "parameters": parameters,
    }


def lines(record):
    """JSON with a line for each entry of the outer two levels."""
    inner = [f" {json.dumps(key)}: {nested(value)}" for key, value in record.items()]
    return "{\n" + ",\n".join(inner) + "\n}\n"


def nested(value):
    if not isinstance(value, dict):
        return json.dumps(value)
    return "{\n" + ",\n".join(f"  {json.dumps(key)}: {json.dumps(each)}" for key, each in value.items()) + "\n }"


def main():
    torch.set_num_threads(1)
    torch.manual_seed(0)
    folder = ROOT / "libs/models/src/goldens"
    folder.mkdir(exist_ok=True)
    for name in sys.argv[1:] or CASES:
        (folder / f"{name}.json").write_text(lines(golden(name, **CASES[name])))


main()
