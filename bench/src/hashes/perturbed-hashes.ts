import { hashWords } from '@winnow/dedup';
import type { SeededRandom } from '@winnow/random';

const WORDS = 8;
/** Mean size of a group of copies: a third of what is found on the web is there already. */
const MEAN_COPIES = 1.4;
/** Groups of a size of `count` / 500 each: memes, and what shops show in place of a missing image. */
const LARGE_GROUPS = 3;
const LARGE_FRACTION = 500;
/** Most bits by which a copy differs from its original. */
const MAX_FLIPS = 60;

/** Hashes of images and their copies. */
export interface PerturbedHashes {
  /** [count, 8] */
  readonly words: Uint32Array;
  /** Number of the original of each, [count]. */
  readonly originals: Uint32Array;
}

/**
 * As many hashes as asked for from those of real images. Each original is a real hash of which whole rows and columns
 * of the DCT change their sign, at random: what mirrors and turns do to an image, so that its bits stay as alike as
 * real ones, and originals are unrelated. Copies differ from them by 0 to 60 bits: a quarter by none, half by at most
 * 31. The groups' sizes are geometric, but for three large ones.
 */
export function perturbedHashes(real: readonly string[], count: number, random: SeededRandom): PerturbedHashes {
  const sources = hashWords(real);
  const words = new Uint32Array(count * WORDS);
  const originals = new Uint32Array(count);
  let done = 0;
  for (let original = 0; done < count; original += 1) {
    const copies = Math.min(
      original < LARGE_GROUPS ? Math.ceil(count / LARGE_FRACTION) : geometric(random),
      count - done,
    );
    const from = random.int(real.length) * WORDS;
    const hash = changeSigns(sources.subarray(from, from + WORDS), random);
    for (let copy = 0; copy < copies; copy += 1) {
      words.set(copy === 0 ? hash : flipBits(hash, flipsOf(random), random), done * WORDS);
      originals[done] = original;
      done += 1;
    }
  }
  return shuffled({ words, originals }, random);
}

function geometric(random: SeededRandom): number {
  let size = 1;
  while (random.next() > 1 / MEAN_COPIES) size += 1;
  return size;
}

/** One row of the DCT is 16 bits: half a word. */
function changeSigns(hash: Uint32Array, random: SeededRandom): Uint32Array {
  const columns = random.int(65_536);
  return hash.map((word) => {
    const rows = (random.int(2) === 1 ? 0xffff_0000 : 0) | (random.int(2) === 1 ? 0xffff : 0);
    return word ^ rows ^ ((columns << 16) | columns);
  });
}

function flipsOf(random: SeededRandom): number {
  const kind = random.int(4);
  if (kind === 0) return 0;
  return kind === 3 ? 32 + random.int(MAX_FLIPS - 31) : 1 + random.int(31);
}

function flipBits(hash: Uint32Array, flips: number, random: SeededRandom): Uint32Array {
  const copy = hash.slice();
  for (let flip = 0; flip < flips; flip += 1) {
    const bit = random.int(256);
    copy[bit >> 5] = (copy[bit >> 5] as number) ^ (1 << (bit & 31));
  }
  return copy;
}

function shuffled({ words, originals }: PerturbedHashes, random: SeededRandom): PerturbedHashes {
  const order = random.permutation(originals.length);
  const mixed = new Uint32Array(words.length);
  order.forEach((from, to) => mixed.set(words.subarray(from * WORDS, (from + 1) * WORDS), to * WORDS));
  return { words: mixed, originals: Uint32Array.from(order, (from) => originals[from] as number) };
}
