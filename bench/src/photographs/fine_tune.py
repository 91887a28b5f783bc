"""Fine-tunes a pretrained student in PyTorch by winnow's recipe, for `npm run bench -- photographs`.

Takes one JSON file (sys.argv[1]) with the recipe and the paths of raw arrays, and prints one JSON line: accuracy on the
test images and seconds a step. Views, order of images and formulas are winnow's; the random numbers are not. Needs torch.
"""

import json
import math
import os
import sys
import time

import numpy as np
import torch
from torch.nn import functional as F

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../tools/pytorch"))
from twins import build  # noqa: E402

EVALUATION_BATCH = 50
RIDGES = [10.0**power for power in range(-2, 7)]


def read_safetensors(path):
    with open(path, "rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        data = np.frombuffer(file.read(), np.uint8)
    header.pop("__metadata__", None)
    return {
        name: torch.tensor(data[slice(*entry["data_offsets"])].view(np.float32).reshape(entry["shape"]))
        for name, entry in header.items()
        if entry["dtype"] == "F32"
    }


def fitted_head(features, logits):
    """Ridge regression of the centred logits; the strength by leave-one-out error."""
    x, y = features.double(), (logits - logits.mean(1, keepdim=True)).double()
    mean_x, mean_y = x.mean(0), y.mean(0)
    left, scale, right = torch.linalg.svd(x - mean_x, full_matrices=False)
    target = left.T @ (y - mean_y)

    def left_out(ridge):
        shrink = scale**2 / (scale**2 + ridge)
        leverage = (left**2 * shrink).sum(1) + 1 / len(x)
        rest = y - mean_y - left @ (shrink[:, None] * target)
        return ((rest / (1 - leverage)[:, None]) ** 2).mean().item()

    ridge = min(RIDGES, key=left_out)
    weight = right.T @ ((scale / (scale**2 + ridge))[:, None] * target)
    return weight.T.float(), (mean_y - mean_x @ weight).float()


class Tuning:
    def __init__(self, request):
        self.request = request
        self.rng = np.random.default_rng(request["seed"])
        torch.manual_seed(request["seed"])
        torch.set_num_threads(request["threads"])
        size = request["size"]
        self.layout = torch.channels_last if request["channelsLast"] else torch.contiguous_format
        self.pool = np.memmap(request["pool"]["pixels"], np.uint8, "r").reshape(-1, size, size, 3)
        self.test = np.memmap(request["test"]["pixels"], np.uint8, "r").reshape(-1, size, size, 3)
        classes = request["classes"]
        self.logits = torch.tensor(np.fromfile(request["pool"]["logits"], np.float32).reshape(-1, classes))
        self.labels = torch.tensor(np.fromfile(request["test"]["labels"], np.int32).astype(np.int64))
        self.model = build(request["model"], classes)
        own = self.model.state_dict()
        weights = read_safetensors(request["weights"])
        taken = {name: value for name, value in weights.items() if name in own and value.shape == own[name].shape}
        left = [name for name in own if name not in taken and "num_batches" not in name]
        if any(not name.startswith("classifier.") for name in left):
            raise SystemExit(f"the weights lack {left}")
        self.model.load_state_dict({**own, **taken})
        self.rows = [weights[f"classifier.{part}"] for part in ("weight", "bias")]
        self.model = self.model.to(memory_format=self.layout)

    def tensor(self, pixels):
        low, high = self.request["range"]
        mean, std = (torch.tensor(self.request[key]).view(3, 1, 1) for key in ("mean", "std"))
        images = torch.from_numpy(np.ascontiguousarray(pixels)).permute(0, 3, 1, 2).float()
        return ((images * ((high - low) / 255) + low - mean) / std).contiguous(memory_format=self.layout)

    @torch.no_grad()
    def outputs(self, pixels, which):
        self.model.eval()
        parts = [pixels[at : at + EVALUATION_BATCH] for at in range(0, len(pixels), EVALUATION_BATCH)]
        return torch.cat([self.model(self.tensor(part))[which] for part in parts])

    def accuracy(self):
        return (self.outputs(self.test, 0).argmax(1) == self.labels).float().mean().item()

    def view(self, image):
        """Moved within a black border, mirrored or not."""
        size, shift = len(image), self.request["shift"]
        wide = np.zeros((size + 2 * shift, size + 2 * shift, 3), np.uint8)
        wide[shift : shift + size, shift : shift + size] = image
        down, right = self.rng.integers(0, 2 * shift + 1, 2)
        moved = wide[down : down + size, right : right + size]
        return moved[:, ::-1] if self.rng.random() < 0.5 else moved

    def begin_head(self):
        """The weights' own rows of the classes where the teacher's columns name them, else the fitted head."""
        columns = self.request.get("columns")
        if columns is None:
            weight, bias = fitted_head(self.outputs(self.pool, 1), self.logits)
        else:
            weight, bias = (rows[columns] - rows[columns].mean(0) for rows in self.rows)
        self.model.classifier.weight.data, self.model.classifier.bias.data = weight.contiguous(), bias.contiguous()

    def train_mode(self):
        self.model.train()
        if self.request["batchNorm"] == "train":
            return
        for module in self.model.modules():
            if isinstance(module, torch.nn.BatchNorm2d):
                module.eval()

    def optimizer(self):
        matrices = [value for value in self.model.parameters() if value.ndim > 1]
        vectors = [value for value in self.model.parameters() if value.ndim <= 1]
        groups = [
            {"params": matrices, "weight_decay": self.request["weightDecay"]},
            {"params": vectors, "weight_decay": 0 if not self.request["decayNorms"] else self.request["weightDecay"]},
        ]
        return torch.optim.AdamW(groups, lr=self.request["learningRate"])

    def rate(self, step, steps):
        """A linear rise, then a cosine down to 0, as winnow's schedule."""
        rise = self.request["warmUp"] * steps
        if step < rise:
            return self.request["learningRate"] * (step + 1) / rise
        return self.request["learningRate"] * 0.5 * (1 + math.cos(math.pi * (step - rise) / (steps - rise)))

    def tune(self):
        request, optimizer = self.request, self.optimizer()
        count, views = len(self.pool), request["views"]
        images = request["batch"] // views
        per_epoch = count // images
        steps, seconds = per_epoch * request["epochs"], []
        average = {name: value.clone() for name, value in self.model.state_dict().items()}
        began = {name: value.clone() for name, value in average.items()}
        for step in range(steps):
            if step % per_epoch == 0:
                order = self.rng.permutation(count)
            rows = np.repeat(order[step % per_epoch * images :][:images], views)
            batch = self.tensor(np.stack([self.view(self.pool[row]) for row in rows]))
            started = time.perf_counter()
            self.train_mode()
            for group in optimizer.param_groups:
                group["lr"] = self.rate(step, steps)
            temperature = request["temperature"]
            ours = F.log_softmax(self.model(batch)[0] / temperature, 1)
            theirs = F.softmax(self.logits[rows] / temperature, 1)
            loss = F.kl_div(ours, theirs, reduction="batchmean") * temperature**2
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            decay = max(0, min(request["ema"], 1 - (step + 1) ** (-2 / 3)))
            with torch.no_grad():
                for name, value in self.model.state_dict().items():
                    if value.dtype.is_floating_point:
                        average[name].mul_(decay).add_(value, alpha=1 - decay)
            loss.item()
            seconds.append(time.perf_counter() - started)
        if request["ema"] > 0 or request["startShare"] > 0:
            share = request["startShare"]
            for name, value in average.items():
                if value.dtype.is_floating_point:
                    value.mul_(1 - share).add_(began[name], alpha=share)
            self.model.load_state_dict(average)
        return steps, sorted(seconds)[len(seconds) // 2]


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        tuning = Tuning(json.load(file))
    tuning.begin_head()
    head = tuning.accuracy()
    steps, seconds = tuning.tune()
    accuracy = tuning.accuracy()
    print(json.dumps({"headAccuracy": head, "accuracy": accuracy, "steps": steps, "secondsPerStep": seconds}))


if __name__ == "__main__":
    main()
