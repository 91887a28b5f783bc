"""Writes apps/trainer/src/import-teacher/goldens/teacher.{onnx,json}: a tiny network as torch.onnx exports it, and what it answers.

    pip install torch==2.13.0 numpy onnx onnxscript && python tools/goldens/onnx_teacher.py

Only its logits are outputs of the file: features and feature map are tensors within. Beside it what the exporter writes unless
told otherwise (dynamo): dynamo.onnx with weights in dynamo.onnx.data, and the same in float16 as half.onnx with half.onnx.data. The pixels of picture i are
(7 i + 13 index) mod 256, so no picture is stored; size 8, range [0, 1], mean 0.5, std 0.25.
"""

import json
from pathlib import Path

import numpy as np
import onnx
import torch
from torch import nn

OUT = Path(__file__).parents[2] / "apps/trainer/src/import-teacher/goldens"
SIZE = 8


class Tiny(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 6, 3, stride=2, padding=1)
        self.norm = nn.BatchNorm2d(6)
        self.fc = nn.Linear(6, 4)

    def forward(self, x):
        feature_map = torch.relu(self.norm(self.conv(x)))
        features = feature_map.mean((2, 3))
        return self.fc(features), features, feature_map


class LogitsOnly(nn.Module):
    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, x):
        return self.network(x)[0]


torch.manual_seed(3)
tiny = Tiny()
tiny.norm.running_mean.normal_(0, 0.2)
tiny.norm.running_var.uniform_(0.5, 2)
tiny.eval()
index = np.arange(SIZE * SIZE * 3)
pixels = np.stack([(7 * picture + 13 * index) % 256 for picture in range(3)]).reshape(3, SIZE, SIZE, 3)
images = torch.tensor((pixels / 255 - 0.5) / 0.25, dtype=torch.float32).permute(0, 3, 1, 2).contiguous()
with torch.no_grad():
    logits, features, feature_map = tiny(images)
torch.onnx.export(
    LogitsOnly(tiny),
    (images,),
    str(OUT / "teacher.onnx"),
    dynamo=False,
    opset_version=13,
    input_names=["image"],
    output_names=["logits"],
    dynamic_axes={"image": {0: "batch"}, "logits": {0: "batch"}},
)
golden = {
    "torch": torch.__version__,
    "logits": logits.tolist(),
    "features": features.tolist(),
    "featureMap": feature_map.permute(0, 2, 3, 1)[0].flatten().tolist(),
}


def export_by_default(network, images, name):
    """As a person would, but without the traces that it leaves of this machine's folders."""
    torch.onnx.export(network, (images,), str(OUT / name))
    model = onnx.load(OUT / name, load_external_data=False)
    for described in [*model.graph.node, *model.graph.value_info, *model.graph.input, *model.graph.output, *model.graph.initializer]:
        del described.metadata_props[:]
    (OUT / name).write_bytes(model.SerializeToString())


export_by_default(LogitsOnly(tiny), images[:1], "dynamo.onnx")
export_by_default(tiny.half(), images[:1].half(), "half.onnx")
(OUT / "teacher.json").write_text(json.dumps(golden) + "\n")
