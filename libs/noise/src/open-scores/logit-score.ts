import { checkLogits } from '../check-logits';
import { requireImages } from '../require-images';
import type { OpenScore } from './open-score';

/** A score of a picture's logits that needs no pool. */
export function logitScore(name: string, score: (row: Float32Array) => number): OpenScore {
  return {
    name,
    needsFeatures: false,
    fit: ({ logits, labels, classCount }) => {
      checkLogits(logits, labels, classCount);
      requireImages(labels);
      return (image) => score(logits.subarray(image * classCount, (image + 1) * classCount));
    },
  };
}
