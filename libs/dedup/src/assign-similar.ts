import { WinnowError } from '@winnow/contracts';
import { spread } from './assign-near';
import { assignStars } from './assign-stars';
import type { Found, Stars } from './assign-stars';
import type { DuplicateItem } from './duplicate-item';
import { bestOf } from './group-identical';
import type { IdenticalGroups } from './group-identical';
import { similarVectors } from './similar-vectors';

/** Two pictures with similar embeddings, the better one first. */
export interface SimilarPair {
  readonly kept: DuplicateItem;
  readonly copy: DuplicateItem;
}

/** Whether each pair shows one picture, in the order given. Must not depend on what else is asked. */
export type ConfirmSimilar = (pairs: readonly SimilarPair[]) => Promise<readonly boolean[]>;

interface SimilarOptions {
  readonly similarity?: number;
  readonly confirmSimilar?: ConfirmSimilar;
  readonly workers?: number;
}

/** A look at the pixels of more pairs than this would take a day. */
const MOST_PAIRS = 1_000_000;

/** Groups that are still kept and whose best pictures have similar embeddings; distances are minus the cosine. */
export async function assignSimilar(
  groups: IdenticalGroups,
  keepers: Uint32Array,
  { similarity, confirmSimilar, workers }: SimilarOptions,
): Promise<Stars> {
  const rows: number[] = [];
  const vectors: Float32Array[] = [];
  for (let group = 0; group < groups.count && similarity !== undefined; group += 1) {
    const { embedding } = bestOf(groups, group);
    if (keepers[group] !== group || embedding === undefined || embedding === null) continue;
    rows.push(group);
    vectors.push(embedding);
  }
  const options = { similarity: similarity ?? 1, ...(workers !== undefined && { workers }) };
  const visit = rows.length > 0 ? await similarVectors(vectors, options) : () => undefined;
  const copies = confirmSimilar && (await confirmed(visit, { groups, rows, confirmSimilar }));
  const accepts = copies && ((row: number, other: number): boolean => copies.has(row * rows.length + other));
  return spread(assignStars(rows.length, visit, accepts), Uint32Array.from(rows), groups.count);
}

interface Confirmation {
  readonly groups: IdenticalGroups;
  /** Groups by row. */
  readonly rows: readonly number[];
  readonly confirmSimilar: ConfirmSimilar;
}

/** Pairs of rows that are copies, as row * rows + other row. */
async function confirmed(
  visit: (row: number, found: Found) => void,
  { groups, rows, confirmSimilar }: Confirmation,
): Promise<ReadonlySet<number>> {
  const keys: number[] = [];
  for (let row = 0; row < rows.length; row += 1) {
    visit(row, (other) => {
      if (other > row) keys.push(row * rows.length + other);
    });
    if (keys.length > MOST_PAIRS) {
      throw new WinnowError('USAGE', `More than ${MOST_PAIRS} pairs of pictures have similar features`, {
        next: 'Raise build.dedupe.similarity.',
      });
    }
  }
  const pairs = keys.map((key) => ({
    kept: bestOf(groups, rows[Math.floor(key / rows.length)] as number),
    copy: bestOf(groups, rows[key % rows.length] as number),
  }));
  const answers = pairs.length === 0 ? [] : await confirmSimilar(pairs);
  return new Set(keys.filter((_, index) => answers[index] === true));
}
