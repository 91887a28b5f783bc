"""How umap-learn, or scikit-learn's PCA, lays features out in a plane, for `npm run bench -- layout --against umap-learn`.

Reads rows of 32-bit floats, writes two for each, with its own defaults but for the metric and the seed (which keeps it to
one thread). What is compiled on first use is so before the clock starts. Its last line is one JSON object: seconds
of the clock and of processors.
Needs umap-learn.
"""

import argparse
import json
import time

import numpy
import umap
from sklearn.decomposition import PCA

METHODS = {
    "principal-axes": lambda rows: PCA(n_components=2, random_state=1).fit_transform(rows),
    "umap-learn": lambda rows: umap.UMAP(metric="cosine", random_state=1).fit_transform(rows),
}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--by", choices=sorted(METHODS), required=True)
    parser.add_argument("--dim", type=int, required=True)
    parser.add_argument("features")
    parser.add_argument("places")
    args = parser.parse_args()

    lay_out = METHODS[args.by]
    rows = numpy.fromfile(args.features, dtype="<f4").reshape(-1, args.dim)
    # Beyond 4,096 rows it looks for neighbours in another way, which is compiled, too.
    lay_out(rows[: min(len(rows), 4200)])
    start, cpu = time.perf_counter(), time.process_time()
    places = lay_out(rows)
    cost = {"wallSeconds": time.perf_counter() - start, "cpuSeconds": time.process_time() - cpu}
    places.astype("<f4").tofile(args.places)
    print(json.dumps(cost))


if __name__ == "__main__":
    main()
