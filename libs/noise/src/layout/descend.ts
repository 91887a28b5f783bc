import { SeededRandom } from '@winnow/random';
import type { NeighbourGraph } from './neighbour-graph';

/** Of the curve 1 / (1 + a d^2b) that fits least distance .1 and spread 1, as umap-learn fits it. */
const A = 1.576943460405378;
const B = 0.895060878123305;
/** Places that are drawn for each edge, to be pushed away. */
const NEGATIVES = 5;
/** Of one step along one axis, before the rate. */
const MAX_STEP = 4;

/**
 * Moves places so that neighbours come together and others go apart: the stochastic gradient descent of UMAP (McInnes, Healy and
 * Melville 2018, algorithm 5), an edge as often as its weight says, at a rate that falls to 0. The same seed gives the same places.
 * @param places [rows, 2], moved in place
 */
export function descend(
  { from, to, weights }: NeighbourGraph,
  places: Float32Array,
  { epochs, seed }: { readonly epochs: number; readonly seed: number | string },
): void {
  const rows = places.length / 2;
  const random = new SeededRandom(seed).fork('layout');
  const most = weights.reduce((a, b) => Math.max(a, b), 0);
  const periods = Float64Array.from(weights, (weight) => most / weight);
  const due = periods.slice();
  for (let epoch = 0; epoch < epochs; epoch += 1) {
    const rate = 1 - epoch / epochs;
    for (let edge = 0; edge < due.length; edge += 1) {
      if ((due[edge] as number) > epoch) continue;
      due[edge] = (due[edge] as number) + (periods[edge] as number);
      const row = from[edge] as number;
      attract(places, row, to[edge] as number, rate);
      for (let turn = 0; turn < NEGATIVES; turn += 1) {
        const other = random.int(rows);
        if (other !== row) repel(places, row, other, rate);
      }
    }
  }
}

function attract(places: Float32Array, row: number, other: number, rate: number): void {
  const byX = (places[2 * row] as number) - (places[2 * other] as number);
  const byY = (places[2 * row + 1] as number) - (places[2 * other + 1] as number);
  const square = byX * byX + byY * byY;
  if (square === 0) return;
  const power = Math.pow(square, B);
  const pull = (-2 * A * B * power) / (square * (1 + A * power));
  const [x, y] = [rate * clipped(pull * byX), rate * clipped(pull * byY)];
  places[2 * row] = (places[2 * row] as number) + x;
  places[2 * row + 1] = (places[2 * row + 1] as number) + y;
  places[2 * other] = (places[2 * other] as number) - x;
  places[2 * other + 1] = (places[2 * other + 1] as number) - y;
}

function repel(places: Float32Array, row: number, other: number, rate: number): void {
  const byX = (places[2 * row] as number) - (places[2 * other] as number);
  const byY = (places[2 * row + 1] as number) - (places[2 * other + 1] as number);
  const square = byX * byX + byY * byY;
  const push = (2 * B) / ((0.001 + square) * (1 + A * Math.pow(square, B)));
  // In one place they would never part.
  places[2 * row] = (places[2 * row] as number) + rate * (square === 0 ? MAX_STEP : clipped(push * byX));
  places[2 * row + 1] = (places[2 * row + 1] as number) + rate * (square === 0 ? MAX_STEP : clipped(push * byY));
}

function clipped(step: number): number {
  return Math.max(-MAX_STEP, Math.min(MAX_STEP, step));
}
