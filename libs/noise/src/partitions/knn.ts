import { checkFeatures, checkLogits, requireImages } from '../check-input';
import { nearestNeighbours, neighbourCount, thinReferences } from '../nearest-neighbours';
import { argmaxRows, classLogOdds, sigmoid } from '../row-math';
import type { SplitInput, SplitResult } from '../split';
import { gradedKinds } from './graded-kinds';

/** SSR's. */
const MAX_NEIGHBOURS = 200;
/** SSR's theta_r: from this confidence on, the teacher's class replaces the given label. */
const RELABEL_CONFIDENCE = 0.9;

/**
 * A vote of neighbours: clean where no class gets a larger share of the votes of the nearest images (cosine of the
 * teacher's features) than the given one; else closed where the teacher's confidence is at least .9, else open. Before
 * they vote, neighbours take the teacher's class where it is that confident; each class's votes are divided by its
 * share of the pool. Feng, Tzimiropoulos and Patras, "SSR: An Efficient and Robust Framework for Learning with Unknown
 * Label Noise", BMVC 2022; theta_s 1, theta_r .9, votes without weights as in the released code.
 * Ours: an image does not vote for itself; in small pools fewer than 200 neighbours vote (half a class of average
 * size); large pools are thinned (`thinReferences`). Without features the logits stand in for them.
 * @throws WinnowError SHAPE_MISMATCH, DATA_CORRUPT, or MISSING_INPUT for an empty pool
 */
export function knnSplit(input: SplitInput): SplitResult {
  const { logits, labels, classCount, seed } = input;
  checkLogits(logits, labels, classCount);
  requireImages(labels);
  const features = input.features ?? { values: logits, dim: classCount };
  checkFeatures(features, labels.length);
  const predicted = argmaxRows(logits, classCount);
  // Log-odds of the teacher's class against those of theta_r: at least 0 where it is confident.
  const confidence = Float64Array.from(predicted, (label, image) => {
    const row = logits.subarray(image * classCount, (image + 1) * classCount);
    return classLogOdds(row, label) - Math.log(RELABEL_CONFIDENCE / (1 - RELABEL_CONFIDENCE));
  });
  const voters = labels.map((label, image) =>
    (confidence[image] as number) >= 0 ? (predicted[image] as number) : label,
  );
  const references = thinReferences(
    Int32Array.from(labels, (_, image) => image),
    features,
    seed,
  );
  const k = neighbourCount(references.length, classCount, MAX_NEIGHBOURS);
  const neighbours = nearestNeighbours(features, { references, k });
  const right = voteFractions({ indices: neighbours.indices, k: neighbours.k, voters, classCount }, labels);
  const wrong = right.map((fraction) => 1 - fraction);
  const questions = { right, wrong, known: confidence.map(sigmoid), unknown: confidence.map((odds) => sigmoid(-odds)) };
  return { ...gradedKinds(questions), refinedLabels: predicted, score: Float32Array.from(wrong) };
}

interface Vote {
  /** [count, k] */
  readonly indices: Int32Array;
  readonly k: number;
  readonly voters: Int32Array;
  readonly classCount: number;
}

/** The given label's share of the votes for itself and for the best other class, [count]; a half without neighbours. */
function voteFractions({ indices, k, voters, classCount }: Vote, labels: Int32Array): Float64Array {
  const members = new Float64Array(classCount);
  for (const voter of voters) members[voter] = (members[voter] as number) + 1;
  return Float64Array.from(labels, (label, image) => {
    const votes = new Float64Array(classCount);
    for (const neighbour of indices.subarray(image * k, (image + 1) * k)) {
      const voter = voters[neighbour] as number;
      votes[voter] = (votes[voter] as number) + 1 / (members[voter] as number);
    }
    const own = votes[label] as number;
    votes[label] = 0;
    const other = votes.reduce((most, vote) => Math.max(most, vote), 0);
    return own + other > 0 ? own / (own + other) : 0.5;
  });
}
