import type { DuplicateItem } from '@winnow/dedup';
import type { SeededRandom } from '@winnow/random';
import type { PerturbedHashes } from './perturbed-hashes';

const CLASSES = 100;
/** Share of copies that are found under another class. */
const OTHER_CLASS = 0.1;

/** Images to the hashes, as a crawl would list them: ids are places, and no two have the same bytes. */
export function hashesItems({ words, originals }: PerturbedHashes, random: SeededRandom): DuplicateItem[] {
  const classNames = Array.from({ length: CLASSES }, (_, index) => `class ${index}`);
  const bytes = Buffer.alloc(words.byteLength);
  words.forEach((word, at) => bytes.writeUInt32BE(word, at * 4));
  return Array.from(originals, (original, place) => {
    const digest = place.toString(16).padStart(64, '0');
    const own = random.next() < OTHER_CLASS ? random.int(CLASSES) : original % CLASSES;
    return {
      id: String(place),
      className: classNames[own] as string,
      bytesSha: digest,
      pixelSha: digest,
      pdq: bytes.toString('hex', place * 32, (place + 1) * 32),
      pdqQuality: 100,
      width: 200 + random.int(800),
      height: 200 + random.int(800),
      sizeBytes: 10_000 + random.int(90_000),
      rank: 1 + random.int(100),
    };
  });
}
