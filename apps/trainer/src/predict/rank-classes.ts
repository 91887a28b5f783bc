/** A class and its probability, 0..1. */
export interface RankedClass {
  readonly className: string;
  readonly probability: number;
}

/** Softmax, most probable first. @param logits [classes] */
export function rankClasses(logits: ArrayLike<number>, classes: readonly string[]): RankedClass[] {
  const values = Array.from(logits);
  const largest = values.reduce((most, value) => Math.max(most, value), -Infinity);
  const weights = values.map((value) => Math.exp(value - largest));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights
    .map((weight, index) => ({ className: classes[index] as string, probability: weight / sum }))
    .sort((a, b) => b.probability - a.probability);
}
