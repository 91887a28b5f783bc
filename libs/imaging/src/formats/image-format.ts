import type { SniffedFormat } from './sniff-format';

/** Formats that are decoded. */
const IMAGE_FORMATS = ['jpeg', 'png', 'webp', 'avif', 'gif', 'tiff', 'bmp'] as const satisfies readonly SniffedFormat[];

export type ImageFormat = (typeof IMAGE_FORMATS)[number];

export function isImageFormat(format: SniffedFormat): format is ImageFormat {
  return (IMAGE_FORMATS as readonly SniffedFormat[]).includes(format);
}
