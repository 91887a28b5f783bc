"""winnow's architectures in PyTorch, under the same parameter names: what the goldens and the benchmarks compare with.

    pip install torch==2.13.0
"""

import re

import torch
from torch import nn
from torch.nn import functional as F


def conv(inputs, outputs, kernel, stride=1, groups=1):
    return nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False)


def projection(inputs, outputs, stride):
    return nn.Sequential(conv(inputs, outputs, 1, stride), nn.BatchNorm2d(outputs))


class Classified(nn.Module):
    """Answers with logits, pooled features and the last feature map, [batch, channels, height, width]."""

    def forward(self, images):
        feature_map = self.trunk(images)
        features = feature_map.mean((2, 3))
        return self.classify(features), features, feature_map

    def classify(self, features):
        return self.fc(features)


class BasicBlock(nn.Module):
    """He et al. 2016, figure 2; `shortcut` names the projection."""

    def __init__(self, inputs, outputs, stride, shortcut):
        super().__init__()
        self.conv1, self.bn1 = conv(inputs, outputs, 3, stride), nn.BatchNorm2d(outputs)
        self.conv2, self.bn2 = conv(outputs, outputs, 3), nn.BatchNorm2d(outputs)
        self.shortcut_name = shortcut if stride != 1 or inputs != outputs else None
        if self.shortcut_name:
            self.add_module(shortcut, projection(inputs, outputs, stride))

    def forward(self, x):
        inner = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        return F.relu(inner + (getattr(self, self.shortcut_name)(x) if self.shortcut_name else x))


class Bottleneck(nn.Module):
    """He et al. 2016, figure 5; the stride is in the 3x3 convolution, as in torchvision."""

    def __init__(self, inputs, width, stride, shortcut):
        super().__init__()
        outputs = 4 * width
        self.conv1, self.bn1 = conv(inputs, width, 1), nn.BatchNorm2d(width)
        self.conv2, self.bn2 = conv(width, width, 3, stride), nn.BatchNorm2d(width)
        self.conv3, self.bn3 = conv(width, outputs, 1), nn.BatchNorm2d(outputs)
        self.shortcut_name = shortcut if stride != 1 or inputs != outputs else None
        if self.shortcut_name:
            self.add_module(shortcut, projection(inputs, outputs, stride))

    def forward(self, x):
        inner = F.relu(self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x))))))
        return F.relu(self.bn3(self.conv3(inner)) + (getattr(self, self.shortcut_name)(x) if self.shortcut_name else x))


class ResNet(Classified):
    def __init__(self, blocks, widths, classes, shortcut, imagenet_stem, block=BasicBlock):
        super().__init__()
        self.imagenet_stem = imagenet_stem
        self.conv1 = conv(3, widths[0], 7, 2) if imagenet_stem else conv(3, widths[0], 3)
        self.bn1 = nn.BatchNorm2d(widths[0])
        inputs = widths[0]
        self.stages = []
        for stage, (count, width) in enumerate(zip(blocks, widths)):
            strides = [2 if stage > 0 else 1] + [1] * (count - 1)
            layers = []
            for stride in strides:
                layers.append(block(inputs, width, stride, shortcut))
                inputs = width * (4 if block is Bottleneck else 1)
            self.stages.append(f"layer{stage + 1}")
            self.add_module(self.stages[-1], nn.Sequential(*layers))
        self.fc = nn.Linear(inputs, classes)

    def trunk(self, images):
        x = F.relu(self.bn1(self.conv1(images)))
        if self.imagenet_stem:
            x = F.max_pool2d(x, 3, 2, 1)
        for stage in self.stages:
            x = getattr(self, stage)(x)
        return x


class WideBlock(nn.Module):
    """Pre-activation: Zagoruyko and Komodakis 2016, figure 1c without dropout."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.bn1, self.conv1 = nn.BatchNorm2d(inputs), conv(inputs, outputs, 3, stride)
        self.bn2, self.conv2 = nn.BatchNorm2d(outputs), conv(outputs, outputs, 3)
        self.same = inputs == outputs
        if not self.same:
            self.convShortcut = conv(inputs, outputs, 1, stride)

    def forward(self, x):
        start = F.relu(self.bn1(x))
        inner = self.conv2(F.relu(self.bn2(self.conv1(start))))
        return inner + (x if self.same else self.convShortcut(start))


class WideStage(nn.Module):
    def __init__(self, count, inputs, outputs, stride):
        super().__init__()
        rest = [WideBlock(outputs, outputs, 1) for _ in range(count - 1)]
        self.layer = nn.Sequential(WideBlock(inputs, outputs, stride), *rest)

    def forward(self, x):
        return self.layer(x)


class WideResNet(Classified):
    def __init__(self, depth, factor, classes):
        super().__init__()
        count, widths = (depth - 4) // 6, [16 * factor, 32 * factor, 64 * factor]
        self.conv1 = conv(3, 16, 3)
        self.block1 = WideStage(count, 16, widths[0], 1)
        self.block2 = WideStage(count, widths[0], widths[1], 2)
        self.block3 = WideStage(count, widths[1], widths[2], 2)
        self.bn1 = nn.BatchNorm2d(widths[2])
        self.fc = nn.Linear(widths[2], classes)

    def trunk(self, images):
        return F.relu(self.bn1(self.block3(self.block2(self.block1(self.conv1(images))))))


class ReLU6(nn.Module):
    def forward(self, x):
        return F.relu6(x)


def norm_relu6(inputs, outputs, kernel, stride=1, groups=1):
    return nn.Sequential(conv(inputs, outputs, kernel, stride, groups), nn.BatchNorm2d(outputs), ReLU6())


class InvertedResidual(nn.Module):
    """Sandler et al. 2018, table 1."""

    def __init__(self, inputs, outputs, stride, expansion):
        super().__init__()
        hidden = inputs * expansion
        expand = [norm_relu6(inputs, hidden, 1)] if expansion != 1 else []
        depthwise = norm_relu6(hidden, hidden, 3, stride, groups=hidden)
        self.conv = nn.Sequential(*expand, depthwise, conv(hidden, outputs, 1), nn.BatchNorm2d(outputs))
        self.same = stride == 1 and inputs == outputs

    def forward(self, x):
        return x + self.conv(x) if self.same else self.conv(x)


class MobileNetV2(Classified):
    """Sandler et al. 2018, table 2, without its dropout. `strides`: of the stem and of each row."""

    ROWS = [(1, 16, 1), (6, 24, 2), (6, 32, 3), (6, 64, 4), (6, 96, 3), (6, 160, 3), (6, 320, 1)]

    def __init__(self, strides, classes):
        super().__init__()
        layers, inputs = [norm_relu6(3, 32, 3, strides[0])], 32
        for (expansion, width, count), stride in zip(self.ROWS, strides[1:]):
            for block in range(count):
                layers.append(InvertedResidual(inputs, width, stride if block == 0 else 1, expansion))
                inputs = width
        self.features = nn.Sequential(*layers, norm_relu6(inputs, 1280, 1))
        self.classifier = nn.Sequential(nn.Identity(), nn.Linear(1280, classes))

    def trunk(self, images):
        return self.features(images)

    def classify(self, features):
        return self.classifier(features)


class Separable(nn.Module):
    """Howard et al. 2017, figure 3, right; timm's names."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv_dw, self.bn1 = conv(inputs, inputs, 3, stride, inputs), nn.BatchNorm2d(inputs, 1e-3)
        self.conv_pw, self.bn2 = conv(inputs, outputs, 1), nn.BatchNorm2d(outputs, 1e-3)

    def forward(self, x):
        return F.relu6(self.bn2(self.conv_pw(F.relu6(self.bn1(self.conv_dw(x))))))


class MobileNetV1(Classified):
    """Howard et al. 2017, table 1; timm's names and padding, TensorFlow's epsilon."""

    STAGES = [(64, 1, 1), (128, 2, 2), (256, 2, 2), (512, 6, 2), (1024, 2, 2)]

    def __init__(self, width, classes):
        super().__init__()
        inputs = int(32 * width)
        self.conv_stem, self.bn1 = conv(3, inputs, 3, 2), nn.BatchNorm2d(inputs, 1e-3)
        stages = []
        for full, count, stride in self.STAGES:
            outputs = int(full * width)
            rest = [Separable(outputs, outputs, 1) for _ in range(count - 1)]
            stages.append(nn.Sequential(Separable(inputs, outputs, stride), *rest))
            inputs = outputs
        self.blocks = nn.Sequential(*stages)
        self.classifier = nn.Linear(inputs, classes)

    def trunk(self, images):
        return self.blocks(F.relu6(self.bn1(self.conv_stem(images))))

    def classify(self, features):
        return self.classifier(features)


def hard_swish(x):
    return F.hardswish(x, inplace=True)


def silu(x):
    return F.silu(x, inplace=True)


def relu(x):
    return F.relu(x, inplace=True)


class Activated(nn.Module):
    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, x):
        return self.function(x)


def norm_activation(inputs, outputs, kernel, stride, groups, norm, activation):
    layers = [conv(inputs, outputs, kernel, stride, groups), norm(outputs)]
    return nn.Sequential(*layers, *([Activated(activation)] if activation else []))


class SqueezeExcitation(nn.Module):
    """Hu et al. 2018, figure 3: a factor between 0 and 1 for each channel, from the means of all."""

    def __init__(self, channels, squeezed, activation, gate):
        super().__init__()
        self.fc1, self.fc2 = nn.Conv2d(channels, squeezed, 1), nn.Conv2d(squeezed, channels, 1)
        self.activation, self.gate = activation, gate

    def forward(self, x):
        return self.gate(self.fc2(self.activation(self.fc1(F.adaptive_avg_pool2d(x, 1))))) * x


class ExcitedResidual(nn.Module):
    """An inverted residual of MobileNetV3 or EfficientNet: expand, filter, squeeze and excite, project."""

    def __init__(self, kernel, inputs, hidden, outputs, stride, activation, norm, excitation):
        super().__init__()
        layers = [norm_activation(inputs, hidden, 1, 1, 1, norm, activation)] if hidden != inputs else []
        layers.append(norm_activation(hidden, hidden, kernel, stride, hidden, norm, activation))
        if excitation:
            layers.append(SqueezeExcitation(hidden, *excitation))
        layers.append(norm_activation(hidden, outputs, 1, 1, 1, norm, None))
        self.block = nn.Sequential(*layers)
        self.same = stride == 1 and inputs == outputs

    def forward(self, x):
        return x + self.block(x) if self.same else self.block(x)


class EfficientNetB0(Classified):
    """Tan and Le 2019, table 1, without dropout and stochastic depth."""

    # Expansion, kernel, stride of the first block, channels, blocks.
    ROWS = [
        (1, 3, 1, 16, 1),
        (6, 3, 2, 24, 2),
        (6, 5, 2, 40, 2),
        (6, 3, 2, 80, 3),
        (6, 5, 1, 112, 3),
        (6, 5, 2, 192, 4),
        (6, 3, 1, 320, 1),
    ]

    def __init__(self, classes):
        super().__init__()
        layers, inputs = [norm_activation(3, 32, 3, 2, 1, nn.BatchNorm2d, silu)], 32
        for expansion, kernel, stride, width, count in self.ROWS:
            stage = []
            for block in range(count):
                size = [kernel, inputs, inputs * expansion, width, stride if block == 0 else 1]
                excitation = [inputs // 4, silu, torch.sigmoid]
                stage.append(ExcitedResidual(*size, silu, nn.BatchNorm2d, excitation))
                inputs = width
            layers.append(nn.Sequential(*stage))
        self.features = nn.Sequential(*layers, norm_activation(inputs, 1280, 1, 1, 1, nn.BatchNorm2d, silu))
        self.classifier = nn.Sequential(nn.Identity(), nn.Linear(1280, classes))

    def trunk(self, images):
        return self.features(images)

    def classify(self, features):
        return self.classifier(features)


class LayerNorm2d(nn.LayerNorm):
    """Over the channels of each place."""

    def forward(self, x):
        return super().forward(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)


class ConvMlp(nn.Module):
    def __init__(self, width, hidden):
        super().__init__()
        self.fc1, self.fc2 = nn.Conv2d(width, hidden, 1), nn.Conv2d(hidden, width, 1)

    def forward(self, x):
        return self.fc2(F.gelu(self.fc1(x)))


class ConvNextBlock(nn.Module):
    """Liu et al. 2022, figure 4; timm's with `conv_mlp`."""

    def __init__(self, width):
        super().__init__()
        self.gamma = nn.Parameter(torch.full((width,), 1e-6))
        self.conv_dw = nn.Conv2d(width, width, 7, padding=3, groups=width)
        self.norm = LayerNorm2d(width, eps=1e-6)
        self.mlp = ConvMlp(width, 4 * width)

    def forward(self, x):
        return x + self.mlp(self.norm(self.conv_dw(x))) * self.gamma.view(1, -1, 1, 1)


class ConvNextStage(nn.Module):
    def __init__(self, inputs, width, count):
        super().__init__()
        same = inputs == width
        steps = [] if same else [LayerNorm2d(inputs, eps=1e-6), nn.Conv2d(inputs, width, 2, 2)]
        self.downsample = nn.Sequential(*steps)
        self.blocks = nn.Sequential(*[ConvNextBlock(width) for _ in range(count)])

    def forward(self, x):
        return self.blocks(self.downsample(x))


class ConvNextHead(nn.Module):
    def __init__(self, width, classes):
        super().__init__()
        self.norm = LayerNorm2d(width, eps=1e-6)
        self.fc = nn.Linear(width, classes)


class ConvNeXt(nn.Module):
    """timm's convnext_atto and convnext_femto, without stochastic depth."""

    def __init__(self, width, classes):
        super().__init__()
        widths = [width, 2 * width, 4 * width, 8 * width]
        self.stem = nn.Sequential(nn.Conv2d(3, width, 4, 4), LayerNorm2d(width, eps=1e-6))
        stages = zip([width, *widths], widths, [2, 2, 6, 2])
        self.stages = nn.Sequential(*[ConvNextStage(*stage) for stage in stages])
        self.head = ConvNextHead(widths[-1], classes)

    def forward(self, images):
        feature_map = self.stages(self.stem(images))
        features = self.head.norm(feature_map.mean((2, 3), keepdim=True)).flatten(1)
        return self.head.fc(features), features, feature_map


class MobileNetV3(Classified):
    """Howard et al. 2019, tables 1 and 2, without dropout: squeeze and excitation in some rows, a layer after the pool."""

    # Kernel, channels within, channels after, squeeze and excitation, hard swish, stride.
    LARGE = [
        (3, 16, 16, False, False, 1),
        (3, 64, 24, False, False, 2),
        (3, 72, 24, False, False, 1),
        (5, 72, 40, True, False, 2),
        (5, 120, 40, True, False, 1),
        (5, 120, 40, True, False, 1),
        (3, 240, 80, False, True, 2),
        (3, 200, 80, False, True, 1),
        (3, 184, 80, False, True, 1),
        (3, 184, 80, False, True, 1),
        (3, 480, 112, True, True, 1),
        (3, 672, 112, True, True, 1),
        (5, 672, 160, True, True, 2),
        (5, 960, 160, True, True, 1),
        (5, 960, 160, True, True, 1),
    ]
    SMALL = [
        (3, 16, 16, True, False, 2),
        (3, 72, 24, False, False, 2),
        (3, 88, 24, False, False, 1),
        (5, 96, 40, True, True, 2),
        (5, 240, 40, True, True, 1),
        (5, 240, 40, True, True, 1),
        (5, 120, 48, True, True, 1),
        (5, 144, 48, True, True, 1),
        (5, 288, 96, True, True, 2),
        (5, 576, 96, True, True, 1),
        (5, 576, 96, True, True, 1),
    ]

    def __init__(self, rows, hidden_features, classes):
        super().__init__()

        def norm(channels):
            return nn.BatchNorm2d(channels, eps=0.001, momentum=0.01)

        layers, inputs = [norm_activation(3, 16, 3, 2, 1, norm, hard_swish)], 16
        for kernel, hidden, outputs, excites, swishes, stride in rows:
            activation = hard_swish if swishes else relu
            excitation = [divisible(hidden / 4), relu, F.hardsigmoid] if excites else None
            layers.append(ExcitedResidual(kernel, inputs, hidden, outputs, stride, activation, norm, excitation))
            inputs = outputs
        self.features = nn.Sequential(*layers, norm_activation(inputs, 6 * inputs, 1, 1, 1, norm, hard_swish))
        layers = [nn.Linear(6 * inputs, hidden_features), Activated(hard_swish)]
        self.classifier = nn.Sequential(*layers, nn.Identity(), nn.Linear(hidden_features, classes))

    def forward(self, images):
        feature_map = self.features(images)
        features = self.classifier[:2](feature_map.mean((2, 3)))
        return self.classifier[3](features), features, feature_map


def divisible(channels):
    nearest = max(8, int(channels + 4) // 8 * 8)
    return nearest + 8 if nearest < 0.9 * channels else nearest


class Attention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.qkv, self.proj = nn.Linear(width, 3 * width), nn.Linear(width, width)

    def forward(self, x):
        batch, tokens, width = x.shape
        parts = self.qkv(x).reshape(batch, tokens, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)
        mixed = F.scaled_dot_product_attention(*parts.unbind(0))
        return self.proj(mixed.transpose(1, 2).reshape(batch, tokens, width))


class Mlp(nn.Module):
    def __init__(self, width, hidden):
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(width, hidden), nn.Linear(hidden, width)

    def forward(self, x):
        return self.fc2(F.gelu(self.fc1(x)))


class TransformerBlock(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.norm1, self.attn = nn.LayerNorm(width, eps=1e-6), Attention(width, heads)
        self.norm2, self.mlp = nn.LayerNorm(width, eps=1e-6), Mlp(width, 4 * width)

    def forward(self, x):
        x = x + self.attn(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class PatchEmbed(nn.Module):
    def __init__(self, width, patch):
        super().__init__()
        self.proj = nn.Conv2d(3, width, patch, patch)

    def forward(self, images):
        return self.proj(images).flatten(2).transpose(1, 2)


class VisionTransformer(nn.Module):
    """timm's vit_tiny_patch16_224 and deit_tiny_patch16_224, without dropout: Dosovitskiy et al. 2021, figure 1."""

    def __init__(self, width, depth, heads, classes):
        super().__init__()
        self.cls_token = nn.Parameter(torch.randn(1, 1, width) * 0.02)
        self.pos_embed = nn.Parameter(torch.randn(1, 1 + 14 * 14, width) * 0.02)
        self.patch_embed = PatchEmbed(width, 16)
        self.blocks = nn.Sequential(*[TransformerBlock(width, heads) for _ in range(depth)])
        self.norm = nn.LayerNorm(width, eps=1e-6)
        self.head = nn.Linear(width, classes)

    def forward(self, images):
        patches = self.patch_embed(images)
        tokens = torch.cat([self.cls_token.expand(len(images), -1, -1), patches], 1) + self.pos_embed
        tokens = self.norm(self.blocks(tokens))
        features = tokens[:, 0]
        return self.head(features), features, tokens[:, 1:].transpose(1, 2).unflatten(2, (14, 14))


RESNET_BLOCKS = {"18": [2, 2, 2, 2], "34": [3, 4, 6, 3]}


def build(name, classes):
    """The network of a name that `winnow models` lists, with PyTorch's default initial weights."""
    if match := re.fullmatch(r"wrn-(\d+)-(\d+)", name):
        return WideResNet(int(match[1]), int(match[2]), classes)
    if match := re.fullmatch(r"resnet(18|34)(-cifar)?", name):
        return ResNet(RESNET_BLOCKS[match[1]], [64, 128, 256, 512], classes, "downsample", match[2] is None)
    if name in ("convnext-atto", "convnext-femto"):
        return ConvNeXt(40 if name == "convnext-atto" else 48, classes)
    if name == "vit-tiny":
        return VisionTransformer(192, 12, 3, classes)
    if name == "resnet50":
        return ResNet([3, 4, 6, 3], [64, 128, 256, 512], classes, "downsample", True, Bottleneck)
    if name == "resnet10-half":
        return ResNet([1, 1, 1, 1], [32, 64, 128, 256], classes, "downsample", True)
    if match := re.fullmatch(r"resnet(\d+)", name):
        return ResNet([(int(match[1]) - 2) // 6] * 3, [16, 32, 64], classes, "shortcut", False)
    if name == "mobilenetv2":
        return MobileNetV2([2, 1, 2, 2, 2, 1, 2, 1], classes)
    if name == "mobilenetv2-cifar":
        return MobileNetV2([1, 1, 1, 2, 2, 1, 2, 1], classes)
    if match := re.fullmatch(r"mobilenetv1(-025|-05)?", name):
        return MobileNetV1({None: 1, "-05": 0.5, "-025": 0.25}[match[1]], classes)
    if name == "mobilenetv3-small":
        return MobileNetV3(MobileNetV3.SMALL, 1024, classes)
    if name == "mobilenetv3-large":
        return MobileNetV3(MobileNetV3.LARGE, 1280, classes)
    if name == "efficientnet-b0":
        return EfficientNetB0(classes)
    raise ValueError(f"there is no model {name}")
