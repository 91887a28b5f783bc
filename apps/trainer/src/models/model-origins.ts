/** Where pretrained weights of an architecture come from. */
export interface ModelOrigin {
  /** Whose parameter names it has: their files can be read as they are. */
  readonly names: 'timm' | 'torchvision' | 'torchvision, timm';
  /** What to ask for, by library. */
  readonly pretrained: string;
  /** Published top-1 of these weights on ImageNet, percent: an order of merit, not measured here. */
  readonly imageNetTop1: number;
}

/** By architecture; those for small images, and those of our own, have none. */
export const MODEL_ORIGINS: Readonly<Record<string, ModelOrigin>> = {
  'mobilenetv1-025': {
    names: 'timm',
    pretrained: 'TensorFlow: mobilenet_v1_0.25_224, under timm names',
    imageNetTop1: 49.8,
  },
  'mobilenetv1-05': {
    names: 'timm',
    pretrained: 'TensorFlow: mobilenet_v1_0.50_224, under timm names',
    imageNetTop1: 63.3,
  },
  mobilenetv1: { names: 'timm', pretrained: 'timm: mobilenetv1_100.ra4_e3600_r224_in1k', imageNetTop1: 70.9 },
  mobilenetv2: { names: 'torchvision', pretrained: 'torchvision: mobilenet_v2', imageNetTop1: 71.9 },
  resnet18: {
    names: 'torchvision, timm',
    pretrained: 'torchvision: resnet18; timm: resnet18.a1_in1k',
    imageNetTop1: 69.8,
  },
  resnet34: {
    names: 'torchvision, timm',
    pretrained: 'torchvision: resnet34; timm: resnet34.a1_in1k',
    imageNetTop1: 73.3,
  },
  resnet50: {
    names: 'torchvision, timm',
    pretrained: 'torchvision: resnet50; timm: resnet50.a1_in1k',
    imageNetTop1: 76.1,
  },
  'efficientnet-b0': { names: 'torchvision', pretrained: 'torchvision: efficientnet_b0', imageNetTop1: 77.7 },
  'convnext-atto': { names: 'timm', pretrained: 'timm: convnext_atto.d2_in1k', imageNetTop1: 75.7 },
  'convnext-femto': { names: 'timm', pretrained: 'timm: convnext_femto.d1_in1k', imageNetTop1: 77.5 },
  'mobilenetv3-small': { names: 'torchvision', pretrained: 'torchvision: mobilenet_v3_small', imageNetTop1: 67.7 },
  'mobilenetv3-large': { names: 'torchvision', pretrained: 'torchvision: mobilenet_v3_large', imageNetTop1: 74.0 },
  'vit-tiny': {
    names: 'timm',
    pretrained: 'timm: vit_tiny_patch16_224.augreg_in21k_ft_in1k',
    imageNetTop1: 75.5,
  },
};
