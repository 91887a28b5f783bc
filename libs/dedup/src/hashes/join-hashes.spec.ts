import { HASH_WORDS } from './hamming-distance';
import { HASH_JOIN_PARTS, joinHashes } from './join-hashes';
import { PairSink } from '../pairs/pair-sink';

const CHUNK_PAIRS = 65_536;

class CountingSink extends PairSink {
  pushes = 0;

  override push(a: number, b: number): void {
    this.pushes += 1;
    super.push(a, b);
  }
}

/** Different in the last twelve bits only: in every slot but one they share a bucket. */
function nearEqual(count: number): Uint32Array {
  return Uint32Array.from({ length: count * HASH_WORDS }, (_, at) =>
    at % HASH_WORDS === HASH_WORDS - 1 ? (at - (HASH_WORDS - 1)) / HASH_WORDS : 7,
  );
}

describe('joinHashes', () => {
  const COUNT = 700;
  const ALL_PAIRS = (COUNT * (COUNT - 1)) / 2;
  const pushesUpTo = (pairLimit: number, compareAll: boolean): number => {
    const sink = new CountingSink(new Int32Array(1), pairLimit);
    const join = { kind: 'hashes', words: nearEqual(COUNT), radiusBits: 31, flipWord: 0, compareAll } as const;
    for (let part = 0; part < HASH_JOIN_PARTS; part += 1) joinHashes(join, part, sink);
    return sink.pushes;
  };

  it.each([true, false])('gives up within a row of too many near-equal hashes (compare all: %s)', (compareAll) => {
    expect(pushesUpTo(Infinity, compareAll)).toBe(ALL_PAIRS);
    // Full chunks are counted.
    for (const limit of [0, 100_000]) {
      const counted = Math.ceil((limit + 1) / CHUNK_PAIRS) * CHUNK_PAIRS;
      const pushes = pushesUpTo(limit, compareAll);
      expect(pushes).toBeGreaterThan(counted);
      expect(pushes).toBeLessThanOrEqual(counted + COUNT);
    }
  });
});

describe('PairSink', () => {
  const fill = (sink: PairSink, chunks: number): void => {
    for (let pair = 0; pair <= chunks * CHUNK_PAIRS; pair += 1) sink.push(pair, pair + 1);
  };

  it('stays over the limit, however many pairs follow', () => {
    const sink = new PairSink(Int32Array.of(2 ** 31 - 2), 2 ** 24);
    expect(sink.isOverLimit).toBe(true);
    fill(sink, 3);
    expect(sink.isOverLimit).toBe(true);
  });

  it('counts more pairs than 32 bits hold', () => {
    const total = Int32Array.of(2 ** 31 / CHUNK_PAIRS - 1);
    const sink = new PairSink(total, 2 ** 32);
    fill(sink, 3);
    expect(sink.isOverLimit).toBe(false);
    expect(sink.chunks()).toHaveLength(4);
    total[0] = 2 ** 32 / CHUNK_PAIRS + 1;
    expect(sink.isOverLimit).toBe(true);
  });
});
