import { principalAxes } from '../linear-algebra/principal-axes';
import { nearestNeighbours } from '../nearest-neighbours';
import type { SplitFeatures } from '../split';
import { descend } from './descend';
import { neighbourGraph } from './neighbour-graph';

/** Images that have places in a plane, by which others are placed. Plain data, so that a thread can be given it. */
export interface LandmarkLayout {
  /** How features become the coordinates by which neighbours are found. */
  readonly basis: { readonly mean: Float64Array; readonly axes: Float64Array; readonly count: number };
  readonly coordinates: SplitFeatures;
  /** [rows, 2] */
  readonly places: Float32Array;
}

const MAX_COORDINATES = 50;
const NEIGHBOURS = 15;
/** Of an image that is no landmark. */
const LANDMARKS_EACH = 5;
/** Half the side of the square in which the descent begins. */
const START = 10;
/** Passes over all edges, as umap-learn has them. */
const MANY_ROWS = 10_000;
const EPOCHS = { few: 500, many: 200 };

/**
 * Lays images out in a plane so that those that look alike lie together: exact neighbours by cosine in at most 50 principal
 * coordinates, then the descent of UMAP from the first two. Time grows with the square of the images; 20,000 take some 45 s of one core.
 */
export function layOutLandmarks(features: SplitFeatures, seed: number | string): LandmarkLayout {
  const rows = features.values.length / features.dim;
  const mean = meanOf(features);
  const basis = { mean, ...principalAxes(features, MAX_COORDINATES, seed) };
  const coordinates = coordinatesOf(features, basis);
  const references = Int32Array.from({ length: rows }, (_, row) => row);
  const neighbours = nearestNeighbours(coordinates, { references, k: NEIGHBOURS });
  const places = firstPlaces(coordinates);
  if (neighbours.k > 0) {
    descend(neighbourGraph(neighbours), places, { epochs: rows > MANY_ROWS ? EPOCHS.many : EPOCHS.few, seed });
  }
  return { basis, coordinates, places };
}

/** Puts other images at the mean of the five landmarks that they are most like. @returns [rows, 2] */
export function placeAmong({ basis, coordinates, places }: LandmarkLayout, features: SplitFeatures): Float32Array {
  const own = coordinatesOf(features, basis);
  const landmarks = places.length / 2;
  const rows = own.values.length / own.dim;
  const values = new Float32Array(coordinates.values.length + own.values.length);
  values.set(coordinates.values);
  values.set(own.values, coordinates.values.length);
  const { indices, k } = nearestNeighbours(
    { values, dim: own.dim },
    { references: Int32Array.from({ length: landmarks }, (_, row) => row), k: LANDMARKS_EACH, from: landmarks },
  );
  const placed = new Float32Array(2 * rows);
  for (let row = 0; row < rows; row += 1) {
    for (let at = 0; at < k; at += 1) {
      const landmark = indices[(landmarks + row) * k + at] as number;
      placed[2 * row] = (placed[2 * row] as number) + (places[2 * landmark] as number) / k;
      placed[2 * row + 1] = (placed[2 * row + 1] as number) + (places[2 * landmark + 1] as number) / k;
    }
  }
  return placed;
}

/** Places moved and scaled alike in both directions, so that all of them fill a square from 0 to 1; in its middle where they are one. */
export function inUnitSquare(places: Float32Array): Float32Array {
  const [lowest, highest] = [Float64Array.of(Infinity, Infinity), Float64Array.of(-Infinity, -Infinity)];
  for (let at = 0; at < places.length; at += 1) {
    lowest[at % 2] = Math.min(lowest[at % 2] as number, places[at] as number);
    highest[at % 2] = Math.max(highest[at % 2] as number, places[at] as number);
  }
  const extents = lowest.map((low, axis) => (highest[axis] as number) - low);
  const side = Math.max(...extents);
  return places.map((value, at) => {
    const middle = (lowest[at % 2] as number) + (extents[at % 2] as number) / 2;
    return side > 0 ? 0.5 + (value - middle) / side : 0.5;
  });
}

function meanOf({ values, dim }: SplitFeatures): Float64Array {
  const mean = new Float64Array(dim);
  const rows = values.length / dim;
  for (let at = 0; at < values.length; at += 1)
    mean[at % dim] = (mean[at % dim] as number) + (values[at] as number) / rows;
  return mean;
}

function coordinatesOf({ values, dim }: SplitFeatures, { mean, axes, count }: LandmarkLayout['basis']): SplitFeatures {
  const rows = values.length / dim;
  const coordinates = new Float32Array(rows * count);
  for (let row = 0; row < rows; row += 1) {
    for (let axis = 0; axis < count; axis += 1) {
      let along = 0;
      for (let d = 0; d < dim; d += 1) {
        along += ((values[row * dim + d] as number) - (mean[d] as number)) * (axes[axis * dim + d] as number);
      }
      coordinates[row * count + axis] = along;
    }
  }
  return { values: coordinates, dim: count };
}

/** The first two coordinates, so that the descent keeps what lies far apart apart. */
function firstPlaces({ values, dim }: SplitFeatures): Float32Array {
  const rows = values.length / dim;
  const places = Float32Array.from({ length: 2 * rows }, (_, at) =>
    at % 2 < dim ? (values[Math.floor(at / 2) * dim + (at % 2)] as number) : 0,
  );
  const most = places.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  return most > 0 ? places.map((value) => (value * START) / most) : places;
}
