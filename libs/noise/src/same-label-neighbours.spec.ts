import { SeededRandom } from '@winnow/random';
import { sameLabelNeighbours } from './same-label-neighbours';

const K = 3;

describe('sameLabelNeighbours', () => {
  it('are the nearest of the same label by cosine, nearest first, itself excluded', () => {
    const random = new SeededRandom(1);
    const [count, dim, classCount] = [40, 4, 3];
    const values = Float32Array.from({ length: count * dim }, () => random.normal());
    const labels = Int32Array.from({ length: count }, (_, row) => (row === 0 ? 2 : random.int(2)));
    const input = { logits: new Float32Array(count * classCount), labels, classCount, seed: 1 };
    const { k, indices } = sameLabelNeighbours({ ...input, features: { values, dim } }, K);
    expect(k).toBe(K);
    const row = (at: number) => [...values.subarray(at * dim, (at + 1) * dim)];
    const dot = (a: readonly number[], b: readonly number[]) =>
      a.reduce((sum, value, d) => sum + value * (b[d] ?? 0), 0);
    const cosine = (a: number, b: number) => dot(row(a), row(b)) / Math.sqrt(dot(row(a), row(a)) * dot(row(b), row(b)));
    for (let at = 1; at < count; at += 1) {
      const same = [...labels.keys()].filter((other) => other !== at && labels[other] === labels[at]);
      const nearest = same.sort((a, b) => cosine(at, b) - cosine(at, a)).slice(0, K);
      expect([...indices.subarray(at * K, (at + 1) * K)]).toEqual(nearest);
    }
    // The only one of its label.
    expect([...indices.subarray(0, K)]).toEqual([-1, -1, -1]);
  });

  it('take logits where there are no features, and end where a class has no more', () => {
    const logits = Float32Array.of(1, 0, 0.9, 0.1, 0, 1);
    const { indices } = sameLabelNeighbours({ logits, labels: new Int32Array(3), classCount: 2, seed: 1 }, K);
    expect([...indices]).toEqual([1, 2, -1, 0, 2, -1, 1, 0, -1]);
  });
});
