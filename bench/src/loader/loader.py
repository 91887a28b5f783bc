"""How fast PyTorch's DataLoader makes training batches of JPEG files, for `npm run bench -- loader --against pytorch`.

Reads, decodes with Pillow, takes a random resized crop and a flip, and normalises to float tensors, as torchvision's
usual training transform does; own code, without torchvision. Prints one JSON line.
Needs torch, numpy and pillow.
"""

import argparse
import io
import json
import math
import os
import random
import resource
import tarfile
import time

import numpy as np
import torch
from PIL import Image
from torch.utils.data import DataLoader, Dataset

MEAN = np.array([0.485, 0.456, 0.406], dtype=np.float32)
STD = np.array([0.229, 0.224, 0.225], dtype=np.float32)
TRIES = 10


def list_images(source):
    """(file, offset, length) of every JPEG file in a folder or tar, sorted by name."""
    names = []
    if os.path.isdir(source):
        for folder, _, files in os.walk(source):
            names += [(os.path.join(folder, name),) * 2 + (0, None) for name in files]
    else:
        with tarfile.open(source) as archive:
            names = [(member.name, source, member.offset_data, member.size) for member in archive if member.isfile()]
    return [entry[1:] for entry in sorted(names) if entry[0].lower().endswith((".jpg", ".jpeg"))]


def random_region(width, height, scale=(0.08, 1.0), ratio=(3 / 4, 4 / 3)):
    """Left, top, right, bottom of Inception's crop."""
    for _ in range(TRIES):
        area = width * height * random.uniform(*scale)
        aspect = math.exp(random.uniform(math.log(ratio[0]), math.log(ratio[1])))
        w, h = round(math.sqrt(area * aspect)), round(math.sqrt(area / aspect))
        if 0 < w <= width and 0 < h <= height:
            left, top = random.randint(0, width - w), random.randint(0, height - h)
            return left, top, left + w, top + h
    side = min(width, height)
    left, top = (width - side) // 2, (height - side) // 2
    return left, top, left + side, top + side


class Images(Dataset):
    def __init__(self, places, size):
        self.places = places
        self.size = size
        self.handles = {}

    def __len__(self):
        return len(self.places)

    def __getitem__(self, index):
        file, offset, length = self.places[index]
        image = Image.open(io.BytesIO(self.read(file, offset, length))).convert("RGB")
        region = random_region(*image.size)
        image = image.resize((self.size, self.size), Image.Resampling.BILINEAR, box=region)
        if random.random() < 0.5:
            image = image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        values = (np.asarray(image, dtype=np.float32) / 255 - MEAN) / STD
        return torch.from_numpy(np.ascontiguousarray(values.transpose(2, 0, 1)))

    def read(self, file, offset, length):
        if length is None:
            with open(file, "rb") as handle:
                return handle.read()
        # One descriptor for each process, opened on first use there.
        key = (os.getpid(), file)
        if key not in self.handles:
            self.handles[key] = os.open(file, os.O_RDONLY)
        return os.pread(self.handles[key], length, offset)


def endless(loader):
    while True:
        yield from loader


def peak_of(pid):
    """Most memory that a process held, bytes."""
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        for line in status:
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return 0


def children():
    with open(f"/proc/{os.getpid()}/task/{os.getpid()}/children", encoding="ascii") as file:
        return [int(pid) for pid in file.read().split()]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", required=True, help="folder or tar of JPEG files")
    parser.add_argument("--size", type=int, default=224)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--batches", type=int, default=20, help="timed, after a first one that is not")
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(1)
    places = list_images(options.images)
    if len(places) < options.batch:
        parser.error(f"there are {len(places)} images, fewer than a batch")
    loader = DataLoader(
        Images(places, options.size),
        batch_size=options.batch,
        shuffle=True,
        drop_last=True,
        num_workers=options.workers,
        persistent_workers=options.workers > 0,
    )
    batches = endless(loader)
    next(batches)
    start = time.perf_counter()
    for _ in range(options.batches):
        next(batches)
    seconds = time.perf_counter() - start
    # Pages that processes share are counted for each of them.
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 + sum(map(peak_of, children()))
    figures = {
        "imagesPerSecond": options.batches * options.batch / seconds,
        "seconds": seconds,
        "images": len(places),
        "peakRssBytes": peak,
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
