import { slicePixels } from '../augment/pixel-batch';
import type { DrawnPictures, DrawnView } from './picture-draw';

/** Part `part` of `parts` equal ones of each set, as views: what one micro-batch sees. */
export function sliceDrawn(drawn: DrawnPictures, part: number, parts: number): DrawnPictures {
  if (parts === 1) return drawn;
  const length = drawn.rows.length / parts;
  const [from, to] = [part * length, (part + 1) * length];
  const cut = (view: DrawnView): DrawnView => {
    const pixels = slicePixels(view, from, to);
    if (view.mix === undefined) return pixels;
    const { partners, shares } = view.mix;
    return { ...pixels, mix: { partners: partners.subarray(from, to), shares: shares.subarray(from, to) } };
  };
  return { ...drawn, rows: drawn.rows.subarray(from, to), views: drawn.views.map(cut) };
}
