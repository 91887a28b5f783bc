import { principalAxes } from '../../linear-algebra/principal-axes';
import type { OpenSetBasis } from './open-set-classifier';
import type { SplitFeatures, SplitInput } from '../../split';
import { standardise } from '../../row-math';

/** More coordinates are turned to their principal axes first. */
const MAX_COORDINATES = 64;
/** First coordinates of the blocks that are trusted alike: axes that vary most are not those that vary least. */
const COORDINATE_BLOCKS = [0, 8, 16, 32];
const SCALARS = 5;
/**
 * Weights before labels are seen, by column: an image is the likelier open the less energy (Liu et al. 2020) and margin its
 * logits have, and the surer the teacher is of a class that is not ours. Where the labels say otherwise they win; in
 * pools of a few hundred images they hardly can.
 */
const ENERGY = { column: 1, mean: -2 };
const MARGIN = { column: 4, mean: -2 };
const OUTSIDE_MEAN = 3;

/**
 * What may tell open images: five figures of the logits (energy, largest, spread, margin, smallest), the teacher's
 * features (its logits where it has none), at most 64 coordinates of them, a column for each cell of evidence but
 * the first, and the log-odds of classes that only the teacher knows. All but the constant are standardised: neither the scale of the logits nor that of the features matters.
 * @param temperature of the energy
 * @param cells of the crawl's evidence, [count]
 */
export function openSetBasis(input: SplitInput, temperature: number, cells: Uint8Array): OpenSetBasis {
  const { logits, labels, classCount, seed } = input;
  const coordinates = fewCoordinates(input.features ?? { values: logits, dim: classCount }, seed);
  const { outside } = input;
  const firstCell = 1 + SCALARS + coordinates.dim;
  const firstOutside = firstCell + cells.reduce((most, cell) => Math.max(most, cell), 0);
  const width = firstOutside + (outside ? 1 : 0);
  const values = new Float32Array(labels.length * width);
  for (let row = 0; row < labels.length; row += 1) {
    const from = row * width;
    values[from] = 1;
    setScalars(values, from + 1, {
      row: logits.subarray(row * classCount, (row + 1) * classCount),
      temperature,
    });
    const own = coordinates.values.subarray(row * coordinates.dim, (row + 1) * coordinates.dim);
    values.set(own, from + 1 + SCALARS);
    const cell = cells[row] as number;
    if (cell > 0) values[from + firstCell + cell - 1] = 1;
    if (outside) values[from + firstOutside] = outside[row] as number;
  }
  for (let column = 1; column < width; column += 1) standardise(values, width, column);
  const coordinateBlocks = COORDINATE_BLOCKS.filter((first) => first < coordinates.dim);
  const starts = [1, ...coordinateBlocks.map((first) => 1 + SCALARS + first), firstCell, firstOutside];
  const means = new Float64Array(width);
  for (const { column, mean } of [ENERGY, MARGIN]) means[column] = mean;
  if (outside) means[firstOutside] = OUTSIDE_MEAN;
  return { values, width, means, blocks: [...new Set(starts)].filter((first) => first < width) };
}

function fewCoordinates(features: SplitFeatures, seed: number | string): SplitFeatures {
  const { values, dim } = features;
  if (dim <= MAX_COORDINATES) return features;
  const { axes, count } = principalAxes(features, MAX_COORDINATES, seed);
  const rows = values.length / dim;
  const projected = new Float32Array(rows * count);
  for (let row = 0; row < rows; row += 1) {
    for (let axis = 0; axis < count; axis += 1) {
      let dot = 0;
      for (let d = 0; d < dim; d += 1) dot += (values[row * dim + d] as number) * (axes[axis * dim + d] as number);
      projected[row * count + axis] = dot;
    }
  }
  return { values: projected, dim: count };
}

function setScalars(
  values: Float32Array,
  at: number,
  { row, temperature }: { row: Float32Array; temperature: number },
): void {
  let [top, second, lowest, sum, squares] = [-Infinity, -Infinity, Infinity, 0, 0];
  for (let k = 0; k < row.length; k += 1) {
    const value = row[k] as number;
    if (value > top) [top, second] = [value, top];
    else if (value > second) second = value;
    lowest = Math.min(lowest, value);
    sum += value;
    squares += value * value;
  }
  let mass = 0;
  for (let k = 0; k < row.length; k += 1) mass += Math.exp(((row[k] as number) - top) / temperature);
  const mean = sum / row.length;
  values[at] = top / temperature + Math.log(mass);
  values[at + 1] = top;
  values[at + 2] = Math.sqrt(Math.max(0, squares / row.length - mean * mean));
  values[at + 3] = row.length > 1 ? top - second : 0;
  values[at + 4] = lowest;
}
