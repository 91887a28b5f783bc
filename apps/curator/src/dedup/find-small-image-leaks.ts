import type { CommandIo } from '@winnow/contracts';
import { requireUninterrupted, withProgress } from '@winnow/contracts';
import { VectorIndex } from '@winnow/dedup';
import {
  alignableImage,
  alignedFit,
  detailFit,
  fitsAsCopy,
  lumaSquare,
  flipLayout,
  lumaDescriptor,
} from '@winnow/imaging';
import type { ImageDescriptor, LumaDescriptor, RgbImage } from '@winnow/imaging';
import { readDescriptors } from './original-thumbnails';
import type { StoredDescriptors } from './original-thumbnails';

/** A small original that shows the photograph of a small test image. */
export interface SmallImageLeak {
  readonly sha256: string;
  readonly heldOutId: string;
  /** Correlation of their light where they fit best, up to 1. */
  readonly fit: number;
  readonly flipped: boolean;
}

export interface SmallImageLeakSearch {
  /** Digests. */
  readonly originals: readonly string[];
  /** Ids of test images. */
  readonly heldOut: readonly string[];
  readonly readOriginal: (sha256: string) => Promise<RgbImage>;
  /** What spares decoding most originals. */
  readonly stored: StoredDescriptors;
  readonly readHeldOut: (id: string) => Promise<RgbImage>;
  /** Whether a mirror image is a copy, too. */
  readonly mirrors: boolean;
  /** What people say of an original and a test image: these are as if they were not there for it. Default: nothing. */
  readonly isNoCopy?: (sha256: string, heldOutId: string) => boolean;
  readonly io: Pick<CommandIo, 'progress' | 'signal'>;
}

/** Names these rules: raised where they find other copies. */
export const LOOK_RULES = 'look-1';
/** Cosine of layouts, and correlation of detail, of pairs that are looked at closely: two in a hundred copies have less. */
const MIN_LAYOUT = 0.85;
const MIN_DETAIL = 0.4;
/**
 * Test images that one original is closely compared with, best first; the next one must have that much less detail in
 * common: where many test images look alike, as single objects on a plain ground do, none of them is a copy for it.
 */
const MAX_CANDIDATES = 3;
const STANDS_OUT_BY = 0.25;
/** Two test images with so much detail in common are copies of one. */
const SAME_TEST_DETAIL = 0.9;
/** Decoded in parallel, a thread each. */
const AT_ONCE = 8;
const STOPPED = 'Stopped while looking for test images';

/**
 * Finds small originals that are copies of small test images, where hashes tell little: re-cut, re-compressed or
 * re-coloured copies of one photograph at 32 pixels are 56 bits apart in the median. Candidates by layout and detail,
 * then the fit of each where it fits best.
 * @returns by digest, one leak an original
 * @throws WinnowError INTERRUPTED, and what reading throws
 */
export async function findSmallImageLeaks(search: SmallImageLeakSearch): Promise<ReadonlyMap<string, SmallImageLeak>> {
  const { originals, heldOut, io } = search;
  const found = new Map<string, SmallImageLeak>();
  if (originals.length === 0 || heldOut.length === 0) return found;
  const shown = { label: 'look for test images', total: heldOut.length + originals.length, unit: 'images' };
  await withProgress(io.progress, shown, async (task) => {
    const tests = await HeldOutDescriptors.of(search, (done) => task.update(done));
    let done = heldOut.length;
    for await (const described of readDescriptors(originals, search.stored)) {
      for (let from = 0; from < described.length; from += AT_ONCE) {
        requireUninterrupted(io.signal, STOPPED);
        const part = described.slice(from, from + AT_ONCE);
        const looks = await Promise.all(part.map((one) => lookOf(one, search.readOriginal)));
        for (const { sha256, look, read } of looks) {
          const leak = await tests.find(look, read, (heldOutId) => search.isNoCopy?.(sha256, heldOutId) === true);
          if (leak !== null) found.set(sha256, { sha256, ...leak });
        }
        done += part.length;
        task.update(done);
      }
    }
  });
  return found;
}

/** @returns `read` gives the whole image, which was decoded already where its descriptor was not stored */
async function lookOf(
  { sha256, descriptor }: { readonly sha256: string; readonly descriptor: ImageDescriptor | null },
  readOriginal: SmallImageLeakSearch['readOriginal'],
) {
  if (descriptor !== null) {
    return { sha256, look: lumaDescriptor(descriptor.luma), read: (): Promise<RgbImage> => readOriginal(sha256) };
  }
  const image = await readOriginal(sha256);
  return { sha256, look: lumaDescriptor(lumaSquare(image)), read: (): Promise<RgbImage> => Promise.resolve(image) };
}

interface Candidate {
  readonly index: number;
  readonly flipped: boolean;
  readonly detail: number;
}

class HeldOutDescriptors {
  readonly #ids: readonly string[];
  readonly #looks: readonly LumaDescriptor[];
  readonly #index: VectorIndex;
  readonly #search: SmallImageLeakSearch;

  private constructor(search: SmallImageLeakSearch, ids: readonly string[], looks: readonly LumaDescriptor[]) {
    this.#search = search;
    this.#ids = ids;
    this.#looks = looks;
    this.#index = new VectorIndex(looks.map(({ layout }) => layout as Float32Array));
  }

  static async of(search: SmallImageLeakSearch, onProgress: (done: number) => void): Promise<HeldOutDescriptors> {
    const ids: string[] = [];
    const looks: LumaDescriptor[] = [];
    for (let from = 0; from < search.heldOut.length; from += AT_ONCE) {
      requireUninterrupted(search.io.signal, STOPPED);
      const part = search.heldOut.slice(from, from + AT_ONCE);
      const made = await Promise.all(part.map(async (id) => lumaDescriptor(lumaSquare(await search.readHeldOut(id)))));
      made.forEach((look, index) => {
        if (look.layout === null) return;
        ids.push(part[index] as string);
        looks.push(look);
      });
      onProgress(from + part.length);
    }
    return new HeldOutDescriptors(search, ids, looks);
  }

  async find(
    look: LumaDescriptor,
    read: () => Promise<RgbImage>,
    isNoCopy: (heldOutId: string) => boolean,
  ): Promise<Omit<SmallImageLeak, 'sha256'> | null> {
    const candidates = this.#candidates(look, isNoCopy);
    if (candidates.length === 0) return null;
    const alignable = alignableImage(await read());
    for (const { index, flipped } of candidates) {
      const heldOutId = this.#ids[index] as string;
      const { mirrors, readHeldOut } = this.#search;
      const fit = alignedFit(alignableImage(await readHeldOut(heldOutId)), alignable, { mirrors });
      if (fitsAsCopy(fit)) return { heldOutId, fit: fit.light, flipped };
    }
    return null;
  }

  /** Detail in common with the best image behind the first few, copies within the test set counted once; or -1. */
  #rivalDetail(ranked: readonly Candidate[]): number {
    const different: Candidate[] = [];
    for (const candidate of ranked) {
      const isSame = (other: Candidate): boolean => this.#areCopies(other.index, candidate.index);
      if (different.some(isSame)) continue;
      if (different.length === MAX_CANDIDATES) return candidate.detail;
      different.push(candidate);
    }
    return -1;
  }

  #areCopies(first: number, second: number): boolean {
    const [a, b] = [this.#looks[first] as LumaDescriptor, this.#looks[second] as LumaDescriptor];
    return first === second || Math.max(detailFit(a, b, false), detailFit(a, b, true)) >= SAME_TEST_DETAIL;
  }

  /** Best first; none where they do not stand out. */
  #candidates(look: LumaDescriptor, isNoCopy: (heldOutId: string) => boolean): readonly Candidate[] {
    const { layout } = look;
    if (layout === null || this.#ids.length === 0) return [];
    const near = (flipped: boolean): Candidate[] =>
      this.#index.search(flipped ? flipLayout(layout) : layout, MIN_LAYOUT).map(({ index }) => {
        const detail = detailFit(this.#looks[index] as LumaDescriptor, look, flipped);
        return { index, flipped, detail };
      });
    const ranked = [...near(false), ...(this.#search.mirrors ? near(true) : [])]
      .filter(({ index }) => !isNoCopy(this.#ids[index] as string))
      .sort((a, b) => b.detail - a.detail || a.index - b.index);
    const least = Math.max(MIN_DETAIL, this.#rivalDetail(ranked) + STANDS_OUT_BY);
    return ranked.filter(({ detail }) => detail >= least).slice(0, MAX_CANDIDATES);
  }
}
