"""Makes a teacher of names: the image tower of CLIP or SigLIP as ONNX, and text embeddings of class names.

    pip install torch transformers onnx safetensors pillow           # for open_clip: open_clip_torch in place of transformers
    python tools/pytorch/clip_teacher.py openai/clip-vit-base-patch32 --names names.txt --out clip
    python tools/pytorch/clip_teacher.py google/siglip-base-patch16-224 --names names.txt --out siglip
    python tools/pytorch/clip_teacher.py open_clip:ViT-B-32/laion2b_s34b_b79k --names names.txt --out clip
    winnow teacher import clip/image.onnx --zero-shot clip/text.safetensors --check pictures

names.txt has one class a line, as the project calls it; after a tab, what its images show in words ("crane<TAB>construction
crane"). --templates: `plain` (one sentence), `short` (CLIP's seven), or a file with one sentence a line, {} for the name.
SigLIP's tokenizer needs sentencepiece, too.
"""

import argparse
import json
from pathlib import Path

import torch
from torch import nn

PLAIN = ["a photo of a {}."]
# The best seven for ImageNet: Prompt_Engineering_for_ImageNet.ipynb of github.com/openai/CLIP.
SHORT = [
    "itap of a {}.",
    "a bad photo of the {}.",
    "a origami {}.",
    "a photo of the large {}.",
    "a {} in a video game.",
    "art of the {}.",
    "a photo of the small {}.",
]
OPEN_CLIP = "open_clip:"
BATCH = 64
# The legacy exporter's highest since attention is an operator of its own.
OPSET = 17


class Tower(nn.Module):
    """Images, [batch, 3, size, size], to projected embeddings, [batch, dim]."""

    def __init__(self, embed):
        super().__init__()
        # `embed` belongs to a model, which must be registered for its weights to be exported.
        self.model, self.embed = embed.__self__, embed

    def forward(self, images):
        return as_tensor(self.embed(images))


def as_tensor(output):
    """Since transformers 5 the projected embeddings are the `pooler_output` of an object."""
    return output if torch.is_tensor(output) else output.pooler_output


def read_names(file):
    """Class names, and what the text tower reads of each."""
    lines = [line.strip() for line in Path(file).read_text(encoding="utf-8-sig").splitlines() if line.strip()]
    pairs = [line.split("\t", 1) for line in lines]
    return [pair[0].strip() for pair in pairs], [pair[-1].strip() for pair in pairs]


def read_templates(choice):
    if choice in ("plain", "short"):
        return PLAIN if choice == "plain" else SHORT
    return [line.strip() for line in Path(choice).read_text(encoding="utf-8").splitlines() if line.strip()]


def embed_names(encode, phrases, templates):
    """@param encode: sentences to embeddings, [n, dim]. @returns [classes, templates, dim]"""
    sentences = [template.replace("{}", phrase) for phrase in phrases for template in templates]
    with torch.no_grad():
        parts = [encode(sentences[at : at + BATCH]).float() for at in range(0, len(sentences), BATCH)]
    return torch.cat(parts).reshape(len(phrases), len(templates), -1).contiguous()


def export_tower(embed, about, file):
    """@param about: size, mean, std and resize (`cover` or `squash`) of its images, which winnow reads from the file"""
    import onnx

    size = about["size"]
    tower = Tower(embed).eval()
    torch.onnx.export(
        tower,
        (torch.zeros(2, 3, size, size),),
        str(file),
        dynamo=False,
        opset_version=OPSET,
        input_names=["images"],
        output_names=["embeddings"],
        dynamic_axes={"images": {0: "batch"}, "embeddings": {0: "batch"}},
    )
    model = onnx.load(str(file))
    entries = {
        "layout": "nchw",
        "features": "embeddings",
        "input": json.dumps({"size": size, "range": [0, 1], "mean": about["mean"], "std": about["std"]}),
        "resize": about["resize"],
    }
    onnx.helper.set_model_props(model, entries)
    onnx.save(model, str(file))


def save_text(embeddings, names, logit_scale, file):
    from safetensors.torch import save_file

    save_file({"text": embeddings}, str(file), metadata={"classes": json.dumps(names), "logitScale": str(logit_scale)})


def transformers_parts(name):
    """Image embedding, text embedding, description of the images, and what cosines are multiplied by."""
    from transformers import AutoImageProcessor, AutoModel, AutoTokenizer

    model = AutoModel.from_pretrained(name).float().eval()
    tokenizer, processor = AutoTokenizer.from_pretrained(name), AutoImageProcessor.from_pretrained(name)
    # SigLIP is trained on sentences filled up to its whole length.
    padding = "max_length" if "siglip" in model.config.model_type else True
    length = getattr(model.config.text_config, "max_position_embeddings", None)

    def encode(sentences):
        tokens = tokenizer(sentences, padding=padding, truncation=True, max_length=length, return_tensors="pt")
        return as_tensor(model.get_text_features(**tokens))

    about = {
        "size": model.config.vision_config.image_size,
        "mean": list(processor.image_mean),
        "std": list(processor.image_std),
        "resize": "cover" if getattr(processor, "do_center_crop", False) else "squash",
    }
    return model.get_image_features, encode, about, model.logit_scale.exp().item()


def open_clip_parts(name, pretrained):
    import open_clip

    model = open_clip.create_model(name, pretrained=pretrained or None).float().eval()
    tokenizer = open_clip.get_tokenizer(name)
    config = open_clip.get_model_preprocess_cfg(model)
    size = config["size"]
    about = {
        "size": size if isinstance(size, int) else size[0],
        "mean": list(config["mean"]),
        "std": list(config["std"]),
        "resize": "squash" if config.get("resize_mode") == "squash" else "cover",
    }
    return model.encode_image, lambda sentences: model.encode_text(tokenizer(sentences)), about, model.logit_scale.exp().item()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", help="name or folder for transformers, or open_clip:MODEL/PRETRAINED")
    parser.add_argument("--names", required=True, help="text file with one class a line")
    parser.add_argument("--templates", default="short", help="short, plain, or a file with one sentence a line")
    parser.add_argument("--out", default="clip", help="folder to write")
    args = parser.parse_args()
    names, phrases = read_names(args.names)
    if args.model.startswith(OPEN_CLIP):
        name, _, pretrained = args.model[len(OPEN_CLIP) :].partition("/")
        embed, encode, about, logit_scale = open_clip_parts(name, pretrained)
    else:
        embed, encode, about, logit_scale = transformers_parts(args.model)
    out = Path(args.out)
    out.mkdir(parents=True, exist_ok=True)
    export_tower(embed, about, out / "image.onnx")
    save_text(embed_names(encode, phrases, read_templates(args.templates)), names, logit_scale, out / "text.safetensors")
    print(f"winnow teacher import {out / 'image.onnx'} --zero-shot {out / 'text.safetensors'} --check PICTURES")


if __name__ == "__main__":
    main()
