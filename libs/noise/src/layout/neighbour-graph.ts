import type { Neighbours } from '../nearest-neighbours';

/** A weighted graph, each of its edges in both directions. */
export interface NeighbourGraph {
  readonly from: Int32Array;
  readonly to: Int32Array;
  /** 0 < weight <= 1 */
  readonly weights: Float32Array;
}

const STEPS = 64;
const TOLERANCE = 1e-5;
/** A row whose neighbours are all as near as each other has at least this share of their mean distance as its scale. */
const LEAST_SCALE = 1e-3;

/**
 * The fuzzy graph of UMAP (McInnes, Healy and Melville, "UMAP: Uniform Manifold Approximation and Projection", 2018,
 * algorithms 2 and 3): from a row to its neighbour at cosine distance d the weight is exp(-max(0, d - rho) / sigma), where rho is
 * the distance to the nearest one that is no copy, and sigma such that weights sum to log2(k). Both directions are joined as a + b - ab.
 */
export function neighbourGraph({ indices, similarities, k }: Neighbours): NeighbourGraph {
  const own = new Float32Array(indices.length);
  const distances = new Float64Array(k);
  for (let first = 0; first < indices.length; first += k) {
    for (let at = 0; at < k; at += 1) distances[at] = Math.max(0, 1 - (similarities[first + at] as number));
    const rho = distances.find((distance) => distance > 0) ?? 0;
    const sigma = scaleOf(distances, rho);
    for (let at = 0; at < k; at += 1) own[first + at] = weightOf(distances[at] as number, rho, sigma);
  }
  const [from, to, weights]: [number[], number[], number[]] = [[], [], []];
  own.forEach((weight, place) => {
    const row = Math.floor(place / k);
    const other = indices[place] as number;
    const back = indices.subarray(other * k, (other + 1) * k).indexOf(row);
    // An edge that both rows have is added by the first of them.
    if (back >= 0 && other < row) return;
    const returned = back < 0 ? 0 : (own[other * k + back] as number);
    const joined = weight + returned - weight * returned;
    from.push(row, other);
    to.push(other, row);
    weights.push(joined, joined);
  });
  return { from: Int32Array.from(from), to: Int32Array.from(to), weights: Float32Array.from(weights) };
}

function weightOf(distance: number, rho: number, sigma: number): number {
  return distance <= rho ? 1 : Math.exp(-(distance - rho) / sigma);
}

/** The sigma of a row, by bisection. */
function scaleOf(distances: Float64Array, rho: number): number {
  const wanted = Math.log2(distances.length + 1);
  let [low, high, sigma] = [0, Infinity, 1];
  for (let step = 0; step < STEPS; step += 1) {
    let sum = 0;
    for (const distance of distances) sum += weightOf(distance, rho, sigma);
    if (Math.abs(sum - wanted) < TOLERANCE) break;
    if (sum > wanted) high = sigma;
    else low = sigma;
    sigma = high === Infinity ? 2 * sigma : (low + high) / 2;
  }
  const mean = distances.reduce((sum, distance) => sum + distance, 0) / distances.length;
  return Math.max(sigma, LEAST_SCALE * mean, Number.MIN_VALUE);
}
