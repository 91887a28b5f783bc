"""Python's side of `npm run bench -- shards`: `shards.py webdataset|wids TASK`; see shards-task.ts for both JSONs.

webdataset shuffles the order of shards and, in a buffer, samples; wids takes samples in a full permutation. With several
cores, that many forked processes each read their part, as a PyTorch DataLoader's workers would, without its copying.
"""

import glob
import io
import json
import multiprocessing
import os
import random
import resource
import shutil
import sys
import time

from PIL import Image

JPEG_QUALITY = 90
CLASSES = 10
SHUFFLE_BUFFER = 1000
# wids keeps so many shards open; more than there are, as its authors advise.
OPEN_SHARDS = 200


def cpu_seconds():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def decode(data):
    Image.open(io.BytesIO(data)).convert("RGB").load()


def webdataset_samples(task, part):
    import webdataset

    shards = sorted(glob.glob(os.path.join(task["folder"], "*.tar")))[part :: task["cores"]]
    if not shards:
        raise SystemExit("there are fewer shards than processes")

    def samples(number):
        if task["order"] == "shuffled":
            found = webdataset.WebDataset(shards, shardshuffle=len(shards), seed=number).shuffle(SHUFFLE_BUFFER)
        else:
            found = webdataset.WebDataset(shards, shardshuffle=False)
        for sample in found:
            yield sample["jpg"], sample["cls"]

    return samples


def wids_samples(task, part):
    # Started with -I, Python does not look beside the script.
    sys.path.append(os.path.dirname(os.path.abspath(__file__)))
    from wids_without_torch import ShardListDataset

    index = os.path.join(task["folder"], "shardindex.json")
    dataset = ShardListDataset(index, transformations=[], localname=lambda url: url, lru_size=OPEN_SHARDS)

    def samples(number):
        order = list(range(len(dataset)))
        random.Random(number).shuffle(order)
        for position in order[part :: task["cores"]]:
            sample = dataset[position]
            yield sample[".jpg"].read(), sample[".cls"].read()

    return samples


READERS = {"webdataset": webdataset_samples, "wids": wids_samples}


def reading(competitor):
    def make(task, part):
        samples = READERS[competitor](task, part)

        def epoch(number):
            labels = size = count = 0
            for data, label in samples(number):
                labels += int(label)
                size += len(data)
                count += 1
                if task["pixels"]:
                    decode(data)
            return labels, size, count

        return epoch

    return make


def writing(task, _part):
    import webdataset

    folder = task["folder"]
    with open(os.path.join(task["pool"], "pool.json"), encoding="utf8") as file:
        pool = json.load(file)
    side = pool["size"]
    files = cut(os.path.join(task["pool"], "jpg.bin"), pool["lengths"])
    pixels = [
        Image.frombytes("RGB", (side, side), rgb)
        for rgb in cut(os.path.join(task["pool"], "rgb.bin"), [side * side * 3] * len(files))
    ]
    records = [record_of(index, side) for index in range(task["images"])]

    def encoded(index):
        if not task["pixels"]:
            return files[index % len(files)]
        target = io.BytesIO()
        pixels[index % len(pixels)].save(target, "JPEG", quality=JPEG_QUALITY, subsampling=0, optimize=True)
        return target.getvalue()

    def epoch(_number):
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        labels = size = 0
        pattern = os.path.join(folder, "train-%06d.tar")
        with webdataset.ShardWriter(pattern, maxcount=task["shardSamples"], encoder=False, verbose=0) as writer:
            for index, record in enumerate(records):
                data = encoded(index)
                labels += record["label"]
                size += len(data)
                writer.write(
                    {
                        "__key__": record["key"],
                        "jpg": data,
                        "cls": str(record["label"]).encode(),
                        "json": json.dumps(record).encode(),
                    }
                )
        return labels, size, len(records)

    return epoch


def cut(path, lengths):
    with open(path, "rb") as file:
        return [file.read(length) for length in lengths]


def record_of(index, side):
    digest = f"{index:064x}"
    name = f"class {index % CLASSES}"
    return {
        "key": f"{index:09d}",
        "className": name,
        "label": index % CLASSES,
        "width": side,
        "height": side,
        "sha256": digest,
        "pixelSha256": digest,
        "pdq": digest,
        "pdqQuality": 100,
        "flags": [],
        "conflicts": [],
        "copies": 1,
        "provenance": [
            {
                "engine": "openverse",
                "query": "a query of some words",
                "className": name,
                "page": 1,
                "rank": index,
                "imageUrl": f"https://images.example.com/images/{digest}.jpg",
                "pageUrl": f"https://www.example.com/pages/{index}",
                "title": "The title of an image",
                "license": "CC BY 4.0",
                "licenseUrl": "https://creativecommons.org/licenses/by/4.0/",
                "creator": "Somebody",
            }
        ],
    }


def run_part(make, task, part, barrier, results):
    try:
        epoch = make(task, part)
        started = time.perf_counter()
        labels, size, _ = epoch(0)
        # All run as many epochs as the slowest would like, and start together.
        results.put(max(1, -int(-task["minSeconds"] // (time.perf_counter() - started))))
        barrier.wait()
        before, started = cpu_seconds(), time.perf_counter()
        count = sum(epoch(number)[2] for number in range(1, task["epochs"].value + 1))
        results.put((labels, size, count, cpu_seconds() - before, started, time.perf_counter()))
    except BaseException as error:
        results.put(f"{type(error).__name__}: {error}")
        barrier.abort()


def gather(results, count):
    answers = [results.get() for _ in range(count)]
    for answer in answers:
        if isinstance(answer, str):
            raise SystemExit(answer)
    return answers


def main():
    competitor, task = sys.argv[1], json.loads(sys.argv[2])
    is_writing = task["action"] == "write"
    make = writing if is_writing else reading(competitor)
    cores = task["cores"]
    context = multiprocessing.get_context("fork")
    task["epochs"] = context.Value("i", 1)
    barrier, results = context.Barrier(cores + 1), context.SimpleQueue()
    parts = [context.Process(target=run_part, args=(make, task, part, barrier, results)) for part in range(cores)]
    for process in parts:
        process.start()
    task["epochs"].value = max(gather(results, cores))
    barrier.wait()
    answers = gather(results, cores)
    for process in parts:
        process.join()
    labels, size, count, cpu, starts, ends = zip(*answers)
    tars = glob.glob(os.path.join(task["folder"], "*.tar"))
    answer = {
        "samples": sum(count),
        "wallSeconds": max(ends) - min(starts),
        "cpuSeconds": sum(cpu),
        "labels": sum(labels),
        "imageBytes": sum(size),
        "shardBytes": task["epochs"].value * sum(map(os.path.getsize, tars)) if is_writing else 0,
    }
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
