import { nearestNeighbours, thinReferences } from './nearest-neighbours';
import { selectRows } from './row-math';
import type { SplitFeatures, SplitInput } from './split';

/** The k nearest images under the same given label, nearest first: [count, k], row-major; -1 where there are fewer. */
export interface SameLabelNeighbours {
  readonly k: number;
  readonly indices: Int32Array;
}

/**
 * The nearest images of the same given label by cosine of the teacher's features, of its logits where it has none; of very
 * large classes among a part of them (`thinReferences`).
 */
export function sameLabelNeighbours(input: SplitInput, k: number): SameLabelNeighbours {
  const { logits, labels, classCount, seed } = input;
  const { values, dim } = input.features ?? { values: logits, dim: classCount };
  const indices = new Int32Array(labels.length * k).fill(-1);
  for (let label = 0; label < classCount; label += 1) {
    const rows = rowsOf(labels, label);
    if (rows.length < 2) continue;
    const features: SplitFeatures = { values: selectRows(values, rows, dim), dim };
    const references = thinReferences(Int32Array.from(rows.keys()), features, seed);
    const found = nearestNeighbours(features, { references, k });
    rows.forEach((row, at) => {
      for (let place = 0; place < found.k; place += 1) {
        indices[row * k + place] = rows[found.indices[at * found.k + place] as number] ?? -1;
      }
    });
  }
  return { k, indices };
}

function rowsOf(labels: Int32Array, label: number): Int32Array {
  const rows: number[] = [];
  labels.forEach((one, row) => {
    if (one === label) rows.push(row);
  });
  return Int32Array.from(rows);
}
