"""Processor time of decoding JPEG files with Pillow or OpenCV, for `npm run bench -- codec --against python`.

Prints milliseconds for an image as one JSON line. Needs numpy, pillow and opencv-python-headless.
"""

import glob
import io
import json
import os
import resource
import sys

import cv2
import numpy as np
from PIL import Image

cv2.setNumThreads(1)


def pillow(data):
    return Image.open(io.BytesIO(data)).convert("RGB")


def pillow_region(data, view):
    image = pillow(data)
    w, h = image.size
    box = (w // 8, h // 8, w // 8 + w * 3 // 4, h // 8 + h * 3 // 4)
    return image.resize((view, view), Image.Resampling.BILINEAR, box=box)


def opencv(data):
    return cv2.cvtColor(cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)


def pillow_square(data, size):
    image = Image.open(io.BytesIO(data))
    image.draft("RGB", (size, size))
    square = image.convert("RGB").resize((size, size), Image.Resampling.LANCZOS)
    square.save(io.BytesIO(), "JPEG", quality=95, subsampling=0)


def opencv_square(data, size):
    image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    cv2.imencode(".jpg", cv2.resize(image, (size, size), interpolation=cv2.INTER_AREA), [cv2.IMWRITE_JPEG_QUALITY, 95])


def millis(files, work):
    for data in files[:4]:
        work(data)
    start = resource.getrusage(resource.RUSAGE_SELF)
    for data in files:
        work(data)
    end = resource.getrusage(resource.RUSAGE_SELF)
    return (end.ru_utime - start.ru_utime + end.ru_stime - start.ru_stime) * 1000 / len(files)


def main():
    folder, name, view, size = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    files = {
        shape: [open(path, "rb").read() for path in sorted(glob.glob(os.path.join(folder, f"{shape}-*.jpg")))]
        for shape in ("small", "large")
    }
    figures = {}
    for shape, images in files.items():
        title = shape.capitalize()
        figures[f"decode{title}"] = millis(images, pillow if name == "pillow" else opencv)
        if name == "pillow":
            figures[f"region{title}"] = millis(images, lambda data: pillow_region(data, view))
    square = pillow_square if name == "pillow" else opencv_square
    figures["squareLarge"] = millis(files["large"], lambda data: square(data, size))
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
