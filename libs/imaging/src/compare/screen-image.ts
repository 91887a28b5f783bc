import { IMAGE_FLAGS } from '@winnow/contracts';
import type { ImageFlag, ImageMeasures } from '@winnow/contracts';

/** An image as screens see it. */
export interface ScreenedImage {
  readonly measures: ImageMeasures;
  /** 0..100 */
  readonly pdqQuality: number;
  /** Of the original, pixels. */
  readonly width: number;
  readonly height: number;
}

/** From where on an image is flagged; `build.screens` of a project. */
export interface ScreenThresholds {
  /** Edge sharpness below which an image is blurry. */
  readonly blurry: number;
  /** `lumaP99` below which it is dark. */
  readonly dark: number;
  /** `lumaP1` above which it is bright. */
  readonly bright: number;
  /** Entropy below which it has low information. */
  readonly entropyBits: number;
  /** Longer over shorter side above which it has an odd aspect. */
  readonly aspect: number;
  /** Shorter side below which it is small, pixels. */
  readonly side: number;
}

/** Below this PDQ tells an image from no other (ThreatExchange advises the same). */
const LOW_INFORMATION_QUALITY = 50;

/** What screens say of one image by itself: all flags but `placeholder`, in the order of IMAGE_FLAGS. */
export function screenImage(image: ScreenedImage, thresholds: ScreenThresholds): ImageFlag[] {
  const { measures, pdqQuality, width, height } = image;
  const [shorter, longer] = [Math.min(width, height), Math.max(width, height)];
  const found: Record<ImageFlag, boolean> = {
    low_information: pdqQuality < LOW_INFORMATION_QUALITY || measures.entropyBits < thresholds.entropyBits,
    blurry: measures.edgeSharpness < thresholds.blurry,
    dark: measures.lumaP99 < thresholds.dark,
    bright: measures.lumaP1 > thresholds.bright,
    odd_aspect: longer > thresholds.aspect * shorter,
    small: shorter < thresholds.side,
    placeholder: false,
  };
  return IMAGE_FLAGS.filter((flag) => found[flag]);
}
