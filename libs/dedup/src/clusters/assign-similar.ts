import { spread } from './assign-near';
import { assignStars, assignStarsAsking } from './greedy-star-clustering';
import type { Stars } from './greedy-star-clustering';
import { embeddingOf } from './duplicate-item';
import type { DuplicateItem } from './duplicate-item';
import { bestOf } from './group-identical';
import type { IdenticalGroups } from './group-identical';
import { similarVectors } from '../vectors/similar-vectors';

/** Two images with similar embeddings, the better one first. */
interface SimilarPair {
  readonly kept: DuplicateItem;
  readonly copy: DuplicateItem;
}

/** Whether each pair shows one image, in the order given. Must not depend on what else is asked, or when. */
export type ConfirmSimilar = (pairs: readonly SimilarPair[]) => Promise<readonly boolean[]>;

interface SimilarOptions {
  readonly similarity?: number;
  readonly confirmSimilar?: ConfirmSimilar;
  readonly workers?: number;
}

/** Groups that are still kept and whose best images have similar embeddings; distances are minus the cosine. */
export async function assignSimilar(
  groups: IdenticalGroups,
  representatives: Uint32Array,
  { similarity, confirmSimilar, workers }: SimilarOptions,
): Promise<Stars> {
  const rows: number[] = [];
  const vectors: Float32Array[] = [];
  for (let group = 0; group < groups.count && similarity !== undefined; group += 1) {
    const embedding = representatives[group] === group ? embeddingOf(bestOf(groups, group)) : null;
    if (embedding === null) continue;
    rows.push(group);
    vectors.push(embedding);
  }
  const options = { similarity: similarity ?? 1, ...(workers !== undefined && { workers }) };
  const visit = rows.length > 0 ? await similarVectors(vectors, options) : () => undefined;
  const isApart = (row: number, other: number): boolean => groups.apart.has(rows[row] as number, rows[other] as number);
  const ask = (row: number, others: readonly number[]): Promise<readonly boolean[]> => {
    const kept = bestOf(groups, rows[row] as number);
    const pairs = others.map((other) => ({ kept, copy: bestOf(groups, rows[other] as number) }));
    return confirmSimilar?.(pairs) ?? Promise.resolve([]);
  };
  const stars =
    confirmSimilar === undefined
      ? assignStars(rows.length, visit, () => true, isApart)
      : await assignStarsAsking(rows.length, visit, ask, isApart);
  return spread(stars, Uint32Array.from(rows), groups.count);
}
