"""One student on many devices: distils a teacher of winnow's into a student, from the shards of a build, by PyTorch's DDP.

    pip install torch==2.13.0 numpy pillow safetensors
    torchrun --nproc-per-node 8 tools/pytorch/distil.py .winnow/builds/ID --teacher teacher.safetensors --model resnet56 --out student.safetensors

The target of an image is the teacher's mean answer to it and to its mirror image, asked once; views move by a 32nd of their
side at most, mirrored or not; SGD with Nesterov momentum, a short warm-up and a cosine: winnow-1, but for its start within
the teacher. The weights are read by `winnow predict`, `export` and `student.weights`.
"""

import argparse
import io
import json
import os

import numpy as np
import torch
import twins
from PIL import Image
from safetensors import safe_open
from safetensors.torch import save_file
from torch import distributed, nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, Dataset, DistributedSampler, Subset

TEMPERATURE = 4
WARM_UP = 0.05


class Build(Dataset):
    """Images of a build, uint8 [3, size, size], with their rows."""

    def __init__(self, folder, size):
        with open(os.path.join(folder, "samples.jsonl")) as file:
            self.places = [(row["shard"], row["offset"], row["length"]) for row in map(json.loads, file)]
        self.folder, self.size = folder, size

    def __len__(self):
        return len(self.places)

    def __getitem__(self, row):
        shard, offset, length = self.places[row]
        with open(os.path.join(self.folder, shard), "rb") as tar:
            tar.seek(offset)
            image = Image.open(io.BytesIO(tar.read(length))).convert("RGB")
        if image.size != (self.size, self.size):
            image = image.resize((self.size, self.size), Image.Resampling.LANCZOS)
        return torch.from_numpy(np.array(image)).permute(2, 0, 1), row


def load_teacher(file, classes):
    """The network, how it wants its pixels, and the places of `classes` among its own."""
    with safe_open(file, "pt") as weights:
        about = weights.metadata()
        tensors = {name: weights.get_tensor(name) for name in weights.keys()}
    names = json.loads(about["classes"])
    lacking = [name for name in classes if name not in names]
    if lacking:
        raise SystemExit(f"{file} lacks the classes {', '.join(lacking)}; it knows {', '.join(names)}")
    model = twins.build(about["model"], len(names))
    model.load_state_dict(tensors)
    return model, json.loads(about["input"]), [names.index(name) for name in classes]


def normaliser(spec, device):
    """From uint8 [batch, 3, size, size] to what the networks take."""
    low, high = spec["range"]
    mean, std = (torch.tensor(spec[name], device=device).view(3, 1, 1) for name in ("mean", "std"))
    return lambda pixels: (low + pixels.to(device).float() / 255 * (high - low) - mean) / std


def moved(pixels, generator):
    """Each image moved by at most a 32nd of its side, a black border following, mirrored or not."""
    count, _, size, _ = pixels.shape
    border = max(1, round(size / 32))
    padded = F.pad(pixels, [border] * 4)
    draw = lambda least, bound: torch.randint(least, bound, (count,), generator=generator).tolist()
    views = zip(padded, draw(0, 2 * border + 1), draw(0, 2 * border + 1), draw(0, 2))
    cut = [(image[:, y : y + size, x : x + size], flip) for image, y, x, flip in views]
    return torch.stack([image.flip(2) if flip else image for image, flip in cut])


@torch.inference_mode()
def ask(teacher, pool, columns, options):
    """Logits of the whole pool, [count, classes]: each process asks about a part, and all have the sum."""
    rank, world = distributed.get_rank(), distributed.get_world_size()
    logits = torch.zeros(len(pool), len(columns), device=options.device)
    part = Subset(pool, range(rank, len(pool), world))
    for pixels, rows in DataLoader(part, options.batch, num_workers=options.workers):
        images = options.normalise(pixels)
        both = (teacher(images)[0] + teacher(images.flip(3))[0]) / 2
        logits[rows] = both[:, columns]
    distributed.all_reduce(logits)
    return logits


def rate_at(step, steps):
    """Factor of the learning rate: a rise over the first steps, then half a cosine."""
    rise = max(1, round(WARM_UP * steps))
    if step < rise:
        return (step + 1) / rise
    return (1 + np.cos(np.pi * (step - rise) / max(1, steps - rise))) / 2


def train(student, pool, targets, options):
    optimiser = torch.optim.SGD(student.parameters(), options.rate, 0.9, weight_decay=5e-4, nesterov=True)
    sampler = DistributedSampler(pool, seed=options.seed, drop_last=True)
    loader = DataLoader(pool, options.batch, sampler=sampler, num_workers=options.workers, drop_last=True)
    steps = len(loader) * options.epochs
    if steps == 0:
        raise SystemExit(f"{len(pool)} images make no batch of {options.batch} for each process")
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: rate_at(step, steps))
    generator = torch.Generator().manual_seed(options.seed * 1000 + distributed.get_rank())
    student.train()
    for epoch in range(options.epochs):
        sampler.set_epoch(epoch)
        total = torch.zeros(1, device=options.device)
        for pixels, rows in loader:
            logits = student(options.normalise(moved(pixels, generator)))[0]
            soft = [F.log_softmax(values / TEMPERATURE, 1) for values in (logits, targets[rows.to(options.device)])]
            loss = F.kl_div(*soft, reduction="batchmean", log_target=True) * TEMPERATURE**2
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            total += loss.detach()
        distributed.all_reduce(total)
        if distributed.get_rank() == 0:
            mean = total.item() / len(loader) / distributed.get_world_size()
            print(json.dumps({"epoch": epoch + 1, "loss": round(mean, 6)}), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", help="folder of a build")
    parser.add_argument("--teacher", required=True, help="weights file of winnow's")
    parser.add_argument("--model", required=True, help="architecture, as `winnow models` lists them")
    parser.add_argument("--out", required=True, help="weights file to write")
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--batch", type=int, default=128, help="images in a step of one process")
    parser.add_argument("--rate", type=float, default=0.1, help="highest learning rate")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=0, help="processes that decode, for each that trains")
    options = parser.parse_args()

    has_gpu = torch.cuda.is_available()
    distributed.init_process_group("nccl" if has_gpu else "gloo")
    device = f"cuda:{os.environ['LOCAL_RANK']}" if has_gpu else "cpu"
    with open(os.path.join(options.build, "dataset.json")) as file:
        dataset = json.load(file)
    teacher, spec, columns = load_teacher(options.teacher, dataset["classes"])
    options.device, options.normalise = device, normaliser(spec, device)
    pool = Build(options.build, spec["size"])
    targets = ask(teacher.to(device).eval(), pool, columns, options)
    torch.manual_seed(options.seed)
    student = twins.build(options.model, len(dataset["classes"])).to(device)
    if has_gpu:
        torch.cuda.set_device(device)
        student = nn.SyncBatchNorm.convert_sync_batchnorm(student)
    train(nn.parallel.DistributedDataParallel(student), pool, targets, options)
    if distributed.get_rank() == 0:
        about = {"model": options.model, "classes": json.dumps(dataset["classes"]), "input": json.dumps(spec)}
        known = {name: value.cpu().contiguous() for name, value in student.state_dict().items()}
        save_file({name: value for name, value in known.items() if value.is_floating_point()}, options.out, about)
    distributed.destroy_process_group()


if __name__ == "__main__":
    main()
