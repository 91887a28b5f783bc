import { SeededRandom } from '@winnow/random';
import { nearestNeighbours } from '../nearest-neighbours';
import { inUnitSquare, layOutLandmarks, placeAmong } from './landmark-layout';
import { neighbourGraph } from './neighbour-graph';

const DIM = 12;
const GROUPS = 4;

/** Features of four groups, row i of group i % 4. */
function groupedFeatures(rows: number, seed: string) {
  const centres = new SeededRandom('centres');
  const means = Float32Array.from({ length: GROUPS * DIM }, () => centres.normal() * 2);
  const random = new SeededRandom(seed);
  const values = Float32Array.from({ length: rows * DIM }, (_, at) => {
    const group = Math.floor(at / DIM) % GROUPS;
    return (means[group * DIM + (at % DIM)] as number) + random.normal() * 0.4;
  });
  return { values, dim: DIM };
}

/** Share of rows whose nearest place, of those given, is of the same group. */
function purity(places: Float32Array, among: Float32Array): number {
  const rows = Array.from({ length: places.length / 2 }, (_, row) => row);
  const right = rows.filter((row) => {
    let [nearest, least] = [-1, Infinity];
    for (let other = 0; other < among.length / 2; other += 1) {
      if (among === places && other === row) continue;
      const distance = Math.hypot(among[2 * other]! - places[2 * row]!, among[2 * other + 1]! - places[2 * row + 1]!);
      if (distance < least) [nearest, least] = [other, distance];
    }
    return nearest % GROUPS === row % GROUPS;
  });
  return right.length / rows.length;
}

describe('neighbourGraph', () => {
  it('has weights of 1 to the nearest, sums of log2(k) beyond it, and joins both directions', () => {
    const { values, dim } = groupedFeatures(80, 'graph');
    const k = 15;
    const references = Int32Array.from({ length: 80 }, (_, row) => row);
    const neighbours = nearestNeighbours({ values, dim }, { references, k });
    const { from, to, weights } = neighbourGraph(neighbours);
    const weightOf = new Map(Array.from(weights, (weight, edge) => [`${from[edge]} ${to[edge]}`, weight]));
    expect(weightOf.size).toBe(weights.length);
    for (const [edge, weight] of weightOf) expect(weightOf.get(edge.split(' ').reverse().join(' '))).toBe(weight);
    // Naive: sigma by a fine search, as the paper's equation has it.
    const own = Array.from({ length: 80 }, (_, row) => {
      const distances = Array.from({ length: k }, (_unused, at) => 1 - neighbours.similarities[row * k + at]!);
      const sum = (sigma: number) => distances.reduce((all, d) => all + Math.exp(-Math.max(0, d - distances[0]!) / sigma), 0); // prettier-ignore
      let sigma = 1e-6;
      while (sum(sigma) < Math.log2(k + 1)) sigma *= 1.0005;
      return new Map(
        distances.map((d, at) => [neighbours.indices[row * k + at], Math.exp(-Math.max(0, d - distances[0]!) / sigma)]),
      );
    });
    for (const [edge, weight] of weightOf) {
      const [row = 0, other = 0] = edge.split(' ').map(Number);
      const [a, b] = [own[row]?.get(other) ?? 0, own[other]?.get(row) ?? 0];
      expect(weight).toBeCloseTo(a + b - a * b, 2);
    }
  });
});

describe('a layout by likeness', () => {
  it('keeps groups together, those placed among landmarks too, and is the same again', () => {
    const landmarks = groupedFeatures(240, 'landmarks');
    const layout = layOutLandmarks(landmarks, 'a seed');
    expect(purity(layout.places, layout.places)).toBeGreaterThan(0.98);
    const others = placeAmong(layout, groupedFeatures(60, 'others'));
    expect(others).toHaveLength(120);
    expect(purity(others, layout.places)).toBeGreaterThan(0.98);
    expect(layOutLandmarks(landmarks, 'a seed')).toEqual(layout);
    expect(layOutLandmarks(landmarks, 'another').places).not.toEqual(layout.places);
  });

  it('is right at its edges: one image, two, and images that are all alike', () => {
    const one = layOutLandmarks({ values: new Float32Array(DIM).fill(1), dim: DIM }, 1);
    expect([...one.places]).toEqual([0, 0]);
    expect([...placeAmong(one, groupedFeatures(1, 'x'))].every(Number.isFinite)).toBe(true);
    const two = layOutLandmarks(groupedFeatures(2, 'two'), 1).places;
    expect([...two].every(Number.isFinite)).toBe(true);
    const alike = layOutLandmarks({ values: new Float32Array(DIM * 40).fill(0.5), dim: DIM }, 1).places;
    expect([...alike].every(Number.isFinite)).toBe(true);
  });

  it('fills a square, both directions at one scale', () => {
    const square = inUnitSquare(Float32Array.of(-2, 1, 6, 1, 2, 5));
    expect([...square]).toEqual([0, 0.25, 1, 0.25, 0.5, 0.75]);
    expect([...inUnitSquare(Float32Array.of(3, 3, 3, 3))]).toEqual([0.5, 0.5, 0.5, 0.5]);
  });
});
