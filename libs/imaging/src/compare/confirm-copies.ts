import { alignableImage } from './alignable-image';
import type { AlignableImage } from './alignable-image';
import { alignedFit, fitsAsCopy } from './aligned-fit';
import type { RgbImage } from '../rgb-image';

/** Images kept ready for comparison, 40 kB each; then all are let go. */
const MAX_KEPT = 4000;

/** Two images by their ids. */
interface NamedPair {
  readonly kept: { readonly id: string };
  readonly copy: { readonly id: string };
}

/**
 * The last word on images with similar features: whether they fit over each other as copies of one photograph do.
 * @param read pixels of an image by id; may throw to stop
 */
export function copyConfirmer(read: (id: string) => Promise<RgbImage>, options: { readonly mirrors: boolean }) {
  const ready = new Map<string, AlignableImage>();
  const image = async (id: string): Promise<AlignableImage> => {
    const known = ready.get(id);
    if (known !== undefined) return known;
    if (ready.size >= MAX_KEPT) ready.clear();
    const made = alignableImage(await read(id));
    ready.set(id, made);
    return made;
  };
  return async (pairs: readonly NamedPair[]): Promise<readonly boolean[]> => {
    const answers: boolean[] = [];
    for (const { kept, copy } of pairs) {
      answers.push(fitsAsCopy(alignedFit(await image(kept.id), await image(copy.id), options)));
    }
    return answers;
  };
}
