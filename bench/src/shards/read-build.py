"""Reads a build folder with the readers that Python users have and prints what each of them gave, as one JSON line.

`read-build.py FOLDER`: for `webdataset`, `wids`, `datasets` and `streaming` (the latter two are Hugging Face's) a list of
samples in the order read: key, label, record, and the decoded picture as base64 of its RGB bytes with width and height.
`classes` are the class names as `datasets` knows them. `frame` are the columns of samples.parquet, where there is one.
"""

import base64
import glob
import io
import json
import os
import sys

import datasets
import webdataset
from PIL import Image
from wids_without_torch import ShardListDataset

PICTURES = ("jpg", "png", "webp", "gif", "tif", "bmp")


def described(key, label, record, picture):
    rgb = picture.convert("RGB")
    return {
        "key": key,
        "label": label,
        "record": record,
        "width": rgb.width,
        "height": rgb.height,
        "rgb": base64.b64encode(rgb.tobytes()).decode("ascii"),
    }


def with_webdataset(folder):
    shards = sorted(glob.glob(os.path.join(glob.escape(folder), "*.tar")))
    samples = webdataset.WebDataset(shards, shardshuffle=False).decode("pil")
    for sample in samples.to_tuple("__key__", "cls", "json", ";".join(PICTURES)):
        yield described(*sample)


def with_wids(folder):
    index = os.path.join(folder, "shardindex.json")
    # Shards are there already: nothing needs to be copied.
    dataset = ShardListDataset(index, transformations=[], localname=lambda url: url)
    # From the end: any order will do.
    for position in reversed(range(len(dataset))):
        sample = dataset[position]
        (extension,) = (name for name in PICTURES if f".{name}" in sample)
        picture = Image.open(io.BytesIO(sample[f".{extension}"].read()))
        record = json.loads(sample[".json"].read())
        yield described(sample["__key__"], int(sample[".cls"].read()), record, picture)


def from_hugging_face(rows):
    for row in rows:
        (picture,) = (row[name] for name in PICTURES if row.get(name) is not None)
        yield described(row["__key__"], row["cls"], row["json"], picture)


def frame(folder):
    path = os.path.join(folder, "samples.parquet")
    if not os.path.exists(path):
        return None
    import pandas

    table = pandas.read_parquet(path)
    return {name: [str(value) for value in table[name]] for name in table.columns}


def main():
    folder = os.path.abspath(sys.argv[1])
    loaded = datasets.load_dataset(folder)
    streamed = datasets.load_dataset(folder, streaming=True)
    (split,) = loaded
    result = {
        "webdataset": list(with_webdataset(folder)),
        "wids": list(with_wids(folder)),
        "datasets": list(from_hugging_face(loaded[split])),
        "streaming": list(from_hugging_face(streamed[split])),
        "classes": loaded[split].features["cls"].names,
        "frame": frame(folder),
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
