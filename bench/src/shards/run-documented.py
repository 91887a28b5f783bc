"""Runs the snippets of docs/pytorch.md that need neither PyTorch nor onnxruntime and prints what they made, as one JSON line.

`run-documented.py DOCUMENT`, in a folder as the document describes it: `.winnow/builds/BUILD`, teacher.safetensors, kinds.csv.
"""

import glob
import hashlib
import json
import os
import re
import sys

import wids_without_torch  # noqa: F401  so that `import wids` works


def snippets(document):
    with open(document, encoding="utf-8") as file:
        data, _networks = file.read().split("\n## A student in PyTorch\n")
    return [text for text in re.findall(r"```python\n(.*?)```", data, re.S) if "import torch" not in text]


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def written_folder():
    for path in sorted(glob.glob("cleaned/*/*")):
        with open(path, "rb") as file:
            yield [os.path.relpath(path, "cleaned"), sha256(file.read())]


def main():
    names = {}
    for text in snippets(sys.argv[1]):
        exec(compile(text, "docs/pytorch.md", "exec"), names)
    stream = [(label, image) for image, label in names["pool"]]
    cleaned = names["wds"].WebDataset(sorted(glob.glob("cleaned-tars/*.tar")), shardshuffle=False)
    result = {
        "labels": sorted(label for label, _ in stream),
        "first": min(float(image[0, 0, 0]) for _, image in stream),
        "shapes": sorted({str((image.shape, str(image.dtype))) for _, image in stream}),
        "indexed": {
            "shape": list(names["image"].shape),
            "label": names["label"],
            "key": names["record"]["key"],
        },
        "folder": list(written_folder()),
        "tars": [
            [sample["__key__"], int(sample["cls"]), sha256(sample.get("jpg", sample.get("png")))] for sample in cleaned
        ],
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
