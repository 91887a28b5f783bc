"""Steps of PyTorch for `npm run bench -- step KIND --against pytorch`.

The first line on standard input makes it ready and warm; every later one asks for a round: some steps on one batch of
noise. Each is answered by one JSON line with the time of every step. Needs torch.
"""

import argparse
import json
import os
import resource
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../tools/pytorch"))

TEMPERATURE = 4


def start_up():
    global torch, F, build
    import torch
    from torch.nn import functional as F
    from twins import build


def make_step(options):
    layout = torch.channels_last if options.channels_last else torch.contiguous_format
    torch.manual_seed(1)
    images = torch.randn(options.batch, 3, options.size, options.size).contiguous(memory_format=layout)
    model = build(options.model, options.classes).to(memory_format=layout)
    if options.kind == "inference":
        model.eval()

        def answer():
            with torch.inference_mode():
                model(images)[0].sum().item()

        return answer
    model.train()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, weight_decay=5e-4)

    def learn(loss):
        optimizer.zero_grad()
        value = loss()
        value.backward()
        optimizer.step()
        value.item()

    if options.kind == "train-step":
        labels = torch.arange(options.batch) % options.classes
        return lambda: learn(lambda: F.cross_entropy(model(images)[0], labels))
    teacher = build(options.teacher, options.classes).to(memory_format=layout).eval()

    def distil():
        with torch.no_grad():
            targets = F.softmax(teacher(images)[0] / TEMPERATURE, 1)

        def loss():
            answers = F.log_softmax(model(images)[0] / TEMPERATURE, 1)
            return F.kl_div(answers, targets, reduction="batchmean") * TEMPERATURE**2

        learn(loss)

    return distil


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kind", choices=["train-step", "distill-step", "inference"], required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--teacher", default="resnet20")
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--size", type=int, default=32)
    parser.add_argument("--classes", type=int, default=10)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--steps", type=int, default=5)
    parser.add_argument("--warm-up", type=int, default=2)
    parser.add_argument("--channels-last", action="store_true")
    options = parser.parse_args()
    # Nothing heavy before the first line: another program may be timed meanwhile.
    sys.stdin.readline()
    start_up()
    torch.set_num_threads(options.threads)
    step = make_step(options)
    for _ in range(options.warm_up):
        step()
    print(json.dumps({"millis": [], "peakBytes": 0}), flush=True)
    while sys.stdin.readline():
        step()
        millis = []
        for _ in range(options.steps):
            start = time.perf_counter()
            step()
            millis.append((time.perf_counter() - start) * 1000)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        print(json.dumps({"millis": millis, "peakBytes": peak}), flush=True)


if __name__ == "__main__":
    main()
