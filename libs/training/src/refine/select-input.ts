import type { SplitInput } from '@winnow/noise';
import { selectEvidence } from '../label-evidence';

/** What the label model sees of some images alone. */
export function selectInput(input: SplitInput, rows: Int32Array): SplitInput {
  const { logits, labels, classCount, features, seed, ...evidence } = input;
  return {
    logits: selectRows(logits, rows, classCount),
    labels: rows.map((row) => labels[row] as number),
    classCount,
    features: features ? { values: selectRows(features.values, rows, features.dim), dim: features.dim } : null,
    seed,
    ...selectEvidence(evidence, rows),
  };
}

function selectRows(values: Float32Array, rows: Int32Array, width: number): Float32Array {
  const selected = new Float32Array(rows.length * width);
  rows.forEach((row, at) => selected.set(values.subarray(row * width, (row + 1) * width), at * width));
  return selected;
}

/** Puts rows of a table to their places in a larger one. */
export function placeRows(
  table: Float32Array,
  values: Float32Array,
  { rows, width }: { readonly rows: Int32Array; readonly width: number },
): void {
  rows.forEach((row, at) => table.set(values.subarray(at * width, (at + 1) * width), row * width));
}
