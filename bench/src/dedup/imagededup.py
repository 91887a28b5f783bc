"""How imagededup finds copies of images in a folder, for `npm run bench -- dedup --against imagededup`.

Hashes every file with its own class, on as many processes as it takes by itself, then lets it search at the thresholds
named. Its last line is one JSON object: hashes by file name, seconds, pairs found at each threshold, and the largest
proportional memory (PSS) of the process and its children together.
Needs imagededup (with torch and torchvision, which it imports).
"""

import argparse
import json
import os
import threading
import time

from imagededup.methods import DHash, PHash

METHODS = {"phash": PHash, "dhash": DHash}
SAMPLE_SECONDS = 0.2


def tree_bytes(pid):
    """Proportional memory of a process and all that it started."""
    total = 0
    try:
        with open(f"/proc/{pid}/smaps_rollup") as lines:
            total = next(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
        for task in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{task}/children") as children:
                total += sum(tree_bytes(child) for child in children.read().split())
    except (OSError, StopIteration):
        pass  # It has ended meanwhile.
    return total


def watch_memory(peak, done):
    while not done.wait(SAMPLE_SECONDS):
        peak[0] = max(peak[0], tree_bytes(os.getpid()))


def count_pairs(found):
    return len({tuple(sorted((name, other))) for name, others in found.items() for other in others})


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--images", required=True)
    parser.add_argument("--method", choices=sorted(METHODS), required=True)
    parser.add_argument("--thresholds", type=int, nargs="+", default=[0, 10])
    args = parser.parse_args()

    hasher = METHODS[args.method](verbose=False)
    peak = [tree_bytes(os.getpid())]
    done = threading.Event()
    watcher = threading.Thread(target=watch_memory, args=(peak, done))
    watcher.start()
    start = time.perf_counter()
    hashes = hasher.encode_images(image_dir=args.images)
    hash_seconds = time.perf_counter() - start
    searches = []
    for threshold in args.thresholds:
        start = time.perf_counter()
        found = hasher.find_duplicates(encoding_map=hashes, max_distance_threshold=threshold)
        seconds = time.perf_counter() - start
        searches.append({"threshold": threshold, "seconds": seconds, "pairs": count_pairs(found)})
    done.set()
    watcher.join()
    print()
    print(json.dumps({"hashes": hashes, "hashSeconds": hash_seconds, "searches": searches, "peakBytes": peak[0]}))


if __name__ == "__main__":
    main()
