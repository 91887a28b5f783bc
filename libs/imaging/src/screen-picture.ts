import { PICTURE_FLAGS } from '@winnow/contracts';
import type { PictureFlag, PictureMeasures } from '@winnow/contracts';

/** A picture as screens see it. */
export interface ScreenedPicture {
  readonly measures: PictureMeasures;
  /** 0..100 */
  readonly pdqQuality: number;
  /** Of the original, pixels. */
  readonly width: number;
  readonly height: number;
}

/** From where on a picture is flagged; `build.screens` of a project. */
export interface ScreenThresholds {
  /** Edge sharpness below which a picture is blurry. */
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

/** Below this PDQ tells a picture from no other (ThreatExchange advises the same). */
const LOW_INFORMATION_QUALITY = 50;

/** What screens say of one picture by itself: all flags but `placeholder`, in the order of PICTURE_FLAGS. */
export function screenPicture(picture: ScreenedPicture, thresholds: ScreenThresholds): PictureFlag[] {
  const { measures, pdqQuality, width, height } = picture;
  const [shorter, longer] = [Math.min(width, height), Math.max(width, height)];
  const found: Record<PictureFlag, boolean> = {
    low_information: pdqQuality < LOW_INFORMATION_QUALITY || measures.entropyBits < thresholds.entropyBits,
    blurry: measures.edgeSharpness < thresholds.blurry,
    dark: measures.lumaP99 < thresholds.dark,
    bright: measures.lumaP1 > thresholds.bright,
    odd_aspect: longer > thresholds.aspect * shorter,
    small: shorter < thresholds.side,
    placeholder: false,
  };
  return PICTURE_FLAGS.filter((flag) => found[flag]);
}
