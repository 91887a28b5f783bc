import { argmaxRows } from '../argmax-rows';
import type { OpenScorePool } from './open-score';

/**
 * Pictures whose given label is the teacher's class: the pool's stand-in for known data, which scores in feature space
 * need and which the teacher's training images, being gone, cannot give. All pictures where there is none.
 * @returns places in the pool, ascending
 */
export function confirmedRows({ logits, labels, classCount }: OpenScorePool): Int32Array {
  const predicted = argmaxRows(logits, classCount);
  const all = Int32Array.from(labels, (_, image) => image);
  const confirmed = all.filter((image) => predicted[image] === labels[image]);
  return confirmed.length > 0 ? confirmed : all;
}
