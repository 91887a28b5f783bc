import { alignablePicture } from './alignable-picture';
import type { AlignablePicture } from './alignable-picture';
import { alignedFit, fitsAsCopy } from './aligned-fit';
import type { RgbImage } from './rgb-image';

/** Pictures kept ready for comparison, 40 kB each; then all are let go. */
const MOST_KEPT = 4000;

/** Two pictures by their ids. */
interface NamedPair {
  readonly kept: { readonly id: string };
  readonly copy: { readonly id: string };
}

/**
 * The last word on pictures with similar features: whether they fit over each other as copies of one photograph do.
 * @param read pixels of a picture by id; may throw to stop
 */
export function copyConfirmer(read: (id: string) => Promise<RgbImage>, options: { readonly mirrors: boolean }) {
  const ready = new Map<string, AlignablePicture>();
  const picture = async (id: string): Promise<AlignablePicture> => {
    const known = ready.get(id);
    if (known !== undefined) return known;
    if (ready.size >= MOST_KEPT) ready.clear();
    const made = alignablePicture(await read(id));
    ready.set(id, made);
    return made;
  };
  return async (pairs: readonly NamedPair[]): Promise<readonly boolean[]> => {
    const answers: boolean[] = [];
    for (const { kept, copy } of pairs) {
      answers.push(fitsAsCopy(alignedFit(await picture(kept.id), await picture(copy.id), options)));
    }
    return answers;
  };
}
