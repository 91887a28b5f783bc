import { MAX_INT8, MIN_SCALE, roundSigned } from './int8-range';

/** A bias of 32 bits; below 2^31, which float32 cannot tell from 2^31 - 1. */
const MAX_BIAS = 2 ** 30;
/** A weight may be rounded the other way where the nearest whole number is so far, in steps. */
const MIN_ROUNDING = 0.25;
// Looked up once: in a test's realm globals are slow, and there are millions of weights.
const { abs, max, min, sign } = Math;

/** Weights of a layer: rows, one after the other, for each channel of the result. */
export interface LayerWeights {
  readonly weights: Float32Array;
  /** One number a row; null: none. */
  readonly bias: Float32Array | null;
  readonly channels: number;
}

/** Weights and bias of a layer as whole numbers; weights symmetric about 0, of a scale for each channel of the result. */
export interface Int8Layer {
  readonly weights: Int8Array;
  readonly weightScales: Float32Array;
  /** Null: none. */
  readonly bias: Int32Array | null;
  /** Scale of the inputs times that of the weights. */
  readonly biasScales: Float32Array;
}

/** Mean of the numbers that a weight is multiplied with. */
export type InputMean = (row: number, indexInRow: number) => number;

/**
 * Rounds weights so that the mean of each channel stays. To the nearest, nine errors of a depthwise filter may add up; where
 * they do, those that were nearest to the middle go the other way, as in SQuant (Guo et al., ICLR 2022, arXiv:2202.07471),
 * here weighted by the mean of what they are multiplied with, which bias correction (Nagel et al., ICCV 2019,
 * arXiv:1906.04721, section 4.2) would subtract.
 * @param inputScale of the layer's inputs
 */
export function quantiseLayer(
  { weights, bias, channels }: LayerWeights,
  inputScale: number,
  meanOf: InputMean = () => 1,
): Int8Layer {
  const rowLength = weights.length / channels;
  const quantised = new Int8Array(weights.length);
  const weightScales = new Float32Array(channels);
  for (let row = 0; row < channels; row += 1) {
    const [from, to] = [row * rowLength, (row + 1) * rowLength];
    const values = weights.subarray(from, to);
    // Coarser where the bias, in steps of both scales, would not fit.
    const least = abs(bias?.[row] ?? 0) / inputScale / MAX_BIAS;
    const scale = Math.fround(max(MIN_SCALE, largest(values) / MAX_INT8, least));
    weightScales[row] = scale;
    roundRow(values, { scale, quantised: quantised.subarray(from, to), meanOf: (index) => meanOf(row, index) });
  }
  const biasScales = weightScales.map((scale) => scale * inputScale);
  return {
    weights: quantised,
    weightScales,
    bias:
      bias === null ? null : Int32Array.from(bias, (value, row) => roundSigned(value / (biasScales[row] as number))),
    biasScales,
  };
}

interface Row {
  readonly scale: number;
  /** To be filled. */
  readonly quantised: Int8Array;
  meanOf(index: number): number;
}

function roundRow(values: Float32Array, { scale, quantised, meanOf }: Row): void {
  const errors = new Float64Array(values.length);
  let sum = 0;
  values.forEach((value, index) => {
    const whole = max(-MAX_INT8, min(MAX_INT8, roundSigned(value / scale)));
    quantised[index] = whole;
    errors[index] = whole - value / scale;
    sum += (errors[index] as number) * meanOf(index);
  });
  const movable = [...errors.keys()].filter((index) => abs(errors[index] as number) >= MIN_ROUNDING);
  movable.sort((a, b) => abs(errors[b] as number) - abs(errors[a] as number) || a - b);
  for (const index of movable) {
    const step = -sign(errors[index] as number);
    const changed = sum + step * meanOf(index);
    const whole = (quantised[index] as number) + step;
    if (abs(changed) >= abs(sum) || abs(whole) > MAX_INT8) continue;
    quantised[index] = whole;
    sum = changed;
  }
}

function largest(values: Float32Array): number {
  return values.reduce((most, value) => max(most, abs(value)), 0);
}
