"""Writes apps/trainer/src/import-teacher/goldens/{clip,siglip}.{onnx,json} and -text.safetensors: tiny random networks of
transformers, by tools/pytorch/clip_teacher.py, and what they answer.

    pip install torch==2.13.0 transformers==5.24.0 numpy onnx safetensors && python tools/goldens/clip_teacher.py

Pixels are those of onnx_teacher.py: image i has (7 i + 13 index) mod 256 at every index, size 16, range [0, 1], mean 0.5,
std 0.25. There is no tokenizer: a sentence's tokens are made of its characters.
"""

import json
import sys
from pathlib import Path

import numpy as np
import torch
from torch.nn.functional import normalize
from transformers import CLIPConfig, CLIPModel, SiglipConfig, SiglipModel

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tools/pytorch"))
from clip_teacher import as_tensor, embed_names, export_tower, save_text  # noqa: E402

OUT = ROOT / "apps/trainer/src/import-teacher/goldens"
SIZE, WORDS, START, END = 16, 12, 62, 63
NAMES = ["cat", "dog", "crow"]
TEMPLATES = ["a photo of a {}.", "art of {}", "{}"]
TEXT = {
    **{"hidden_size": 8, "intermediate_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "vocab_size": 64},
    **{"max_position_embeddings": WORDS, "bos_token_id": START, "eos_token_id": END, "pad_token_id": 0},
}
VISION = {
    **{"hidden_size": 8, "intermediate_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2},
    **{"image_size": SIZE, "patch_size": 8},
}


def tokens(sentences):
    rows = [[START, *[1 + ord(letter) % 60 for letter in sentence[-(WORDS - 2) :]], END] for sentence in sentences]
    return torch.tensor([row + [0] * (WORDS - len(row)) for row in rows])


def build(kind):
    torch.manual_seed(4)
    if kind == "clip":
        model = CLIPModel(CLIPConfig(text_config=TEXT, vision_config=VISION, projection_dim=6))
    else:
        model = SiglipModel(SiglipConfig(text_config={**TEXT, "projection_size": 8}, vision_config=VISION))
    # The initial weights are so small that every image has the same embedding.
    for weights in model.parameters():
        if weights.dim() > 1:
            torch.nn.init.normal_(weights, 0, 0.4)
    return model.eval()


index = np.arange(SIZE * SIZE * 3)
pixels = np.stack([(7 * image + 13 * index) % 256 for image in range(3)]).reshape(3, SIZE, SIZE, 3)
images = torch.tensor((pixels / 255 - 0.5) / 0.25, dtype=torch.float32).permute(0, 3, 1, 2).contiguous()
about = {"size": SIZE, "mean": [0.5] * 3, "std": [0.25] * 3, "resize": "cover"}
for kind in ["clip", "siglip"]:
    model = build(kind)
    scale = model.logit_scale.exp().item()
    export_tower(model.get_image_features, about, OUT / f"{kind}.onnx")
    encode = lambda sentences: as_tensor(model.get_text_features(input_ids=tokens(sentences)))  # noqa: E731
    embeddings = embed_names(encode, NAMES, TEMPLATES)
    save_text(embeddings, NAMES, scale, OUT / f"{kind}-text.safetensors")
    with torch.no_grad():
        own = model(input_ids=tokens(NAMES), pixel_values=images).logits_per_image
        features = normalize(as_tensor(model.get_image_features(images)), dim=-1)
        # The last template is the name alone, as the model itself was asked.
        bias = getattr(model, "logit_bias", torch.zeros(1))
        assert torch.allclose(scale * features @ normalize(embeddings[:, -1], dim=-1).T + bias, own, atol=1e-4)
        names = normalize(normalize(embeddings, dim=-1).mean(1), dim=-1)
        logits = scale * features @ names.T + bias
    golden = {"torch": torch.__version__, "logits": logits.tolist(), "features": features.tolist()}
    (OUT / f"{kind}.json").write_text(json.dumps(golden) + "\n")
