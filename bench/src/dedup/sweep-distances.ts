import { type PairCounts, PairCounter } from './count-pairs';
import type { SetFile } from './image-set';

/**
 * Counts for every threshold: pairs whose hashes differ in at most that many bits are taken for one image.
 * @param hashes hex digits, all as many, in the order of the files
 * @returns [maxBits + 1]
 */
export function sweepDistances(files: readonly SetFile[], hashes: readonly string[], maxBits: number): PairCounts[] {
  const pairs = pairsByDistance(hashes, maxBits);
  const counter = new PairCounter(files);
  return pairs.map((list) => {
    for (let at = 0; at < list.length; at += 2) counter.add(list[at] as number, list[at + 1] as number);
    return counter.counts();
  });
}

/** Places of both hashes of every near pair, one after the other, by distance. */
function pairsByDistance(hashes: readonly string[], maxBits: number): number[][] {
  const wordsEach = (hashes[0]?.length ?? 0) / 8;
  const words = new Int32Array(hashes.length * wordsEach);
  hashes.forEach((hash, index) => {
    for (let word = 0; word < wordsEach; word += 1) {
      words[index * wordsEach + word] = Number.parseInt(hash.slice(word * 8, word * 8 + 8), 16) | 0;
    }
  });
  const found = Array.from({ length: maxBits + 1 }, (): number[] => []);
  for (let a = 0; a < hashes.length; a += 1) {
    for (let b = a + 1; b < hashes.length; b += 1) {
      let distance = 0;
      for (let word = 0; word < wordsEach && distance <= maxBits; word += 1) {
        distance += bitsOf((words[a * wordsEach + word] as number) ^ (words[b * wordsEach + word] as number));
      }
      if (distance <= maxBits) (found[distance] as number[]).push(a, b);
    }
  }
  return found;
}

function bitsOf(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
