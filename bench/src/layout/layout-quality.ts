import type { SplitFeatures } from '@winnow/noise';
import { SeededRandom } from '@winnow/random';

/** Neighbours that are looked at. */
const NEIGHBOURS = 10;

/** How well a plane shows which images are alike. */
export interface LayoutQuality {
  /**
   * Venna and Kaski 2001, at ten neighbours: 1 where the nearest in the plane are the nearest by cosine of the features, less by
   * how far down in that order they are.
   */
  readonly trustworthiness: number;
  /** Of the ten nearest in the plane of images of a class, the share that is of the same. */
  readonly purity: number;
}

interface JudgedImages {
  readonly features: SplitFeatures;
  /** What images truly show; below 0 for none of the classes, [count]. */
  readonly truth: Int32Array;
}

/**
 * @param rows images that are asked for their neighbours among all, drawn at random, the same for every plane
 * @returns judges a plane, [count, 2]
 */
export function layoutJudge({ features, truth }: JudgedImages, rows: number): (places: Float32Array) => LayoutQuality {
  const count = truth.length;
  const asked = new SeededRandom('layout quality').permutation(count).subarray(0, Math.min(rows, count));
  const k = Math.min(NEIGHBOURS, count - 1);
  const ranks = Array.from(asked, (row) => ranksOf(features, row));
  return (places) => {
    let [penalty, same, ofClass] = [0, 0, 0];
    asked.forEach((row, at) => {
      for (const other of nearestInPlane(places, row, k)) {
        penalty += Math.max(0, (ranks[at]?.[other] as number) - k);
        if ((truth[row] as number) < 0) continue;
        ofClass += 1;
        if (truth[other] === truth[row]) same += 1;
      }
    });
    const trustworthiness = 1 - (2 * penalty) / (asked.length * k * (2 * count - 3 * k - 1));
    return { trustworthiness, purity: same / ofClass };
  };
}

/** Place of every image in the order of their cosine with one, from 1; of that one 0. */
function ranksOf({ values, dim }: SplitFeatures, row: number): Uint32Array {
  const count = values.length / dim;
  const distances = Float64Array.from({ length: count }, (_, other) => {
    if (other === row) return -Infinity;
    let [dot, square] = [0, 0];
    for (let d = 0; d < dim; d += 1) {
      const value = values[other * dim + d] as number;
      dot += (values[row * dim + d] as number) * value;
      square += value * value;
    }
    return square > 0 ? -dot / Math.sqrt(square) : 0;
  });
  const ranks = new Uint32Array(count);
  const order = Uint32Array.from({ length: count }, (_, other) => other);
  order.sort((a, b) => (distances[a] as number) - (distances[b] as number));
  order.forEach((other, rank) => (ranks[other] = rank));
  return ranks;
}

function nearestInPlane(places: Float32Array, row: number, k: number): readonly number[] {
  const nearest: { readonly other: number; readonly distance: number }[] = [];
  for (let other = 0; other < places.length / 2; other += 1) {
    if (other === row) continue;
    const byX = (places[2 * other] as number) - (places[2 * row] as number);
    const byY = (places[2 * other + 1] as number) - (places[2 * row + 1] as number);
    const distance = byX * byX + byY * byY;
    if (nearest.length === k && distance >= (nearest.at(-1)?.distance as number)) continue;
    const at = nearest.findIndex((one) => one.distance > distance);
    nearest.splice(at < 0 ? nearest.length : at, 0, { other, distance });
    if (nearest.length > k) nearest.pop();
  }
  return nearest.map(({ other }) => other);
}
