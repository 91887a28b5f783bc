import { NOISE_KINDS } from '@winnow/contracts';
import { checkOutside } from '../check-input';
import { argmaxRows, classLogOdds, standardise } from '../row-math';
import type { Split, SplitInput } from '../split';
import { OpenSetClassifier } from './winnow/open-set-classifier';
import type { OpenSetBasis } from './winnow/open-set-classifier';

/** Fraction of open images to start from. */
const START_FRACTION = 0.3;
const STEPS = 50;
/** Weights of the standardised columns before labels are seen, and the images that must convince them. */
const OUTSIDE_MEAN = 3;
const CONFIDENCE_MEAN = -1;
const RIDGE = 1;

/**
 * The split, its question "known or open?" answered by what a teacher of more classes says of the others
 * (`SplitInput.outside`); without that, the split as it is. How far that is to be trusted is learnt from the pool:
 *     p(label is the teacher's class) = known a + open / K,   open = sigmoid(w . (1, outside, the teacher's confidence)),
 * as labels of open images agree with the teacher by chance. Right against wrong labels stays as the split has it.
 */
export function withOutside(split: Split): Split {
  return (input) => {
    const result = split(input);
    const { outside, classCount } = input;
    if (!outside || classCount < 2) return result;
    checkOutside(outside, input.labels.length);
    const open = openChances(input, outside);
    const probabilities = result.probabilities.map((_, at) => chanceOf(result.probabilities, at, open));
    return { ...result, probabilities, kinds: Uint8Array.from(argmaxRows(probabilities, NOISE_KINDS.length)) };
  };
}

/** Right and wrong labels are, in every split, as clean and the likelier of the other two (`gradedKinds`). */
function chanceOf(probabilities: Float32Array, at: number, open: Float64Array): number {
  const row = Math.floor(at / 3);
  const isOpen = open[row] as number;
  if (at % 3 === 2) return isOpen;
  const [clean, closed, opened] = probabilities.subarray(row * 3, row * 3 + 3) as unknown as [number, number, number];
  const right = clean / (clean + Math.max(closed, opened));
  return (1 - isOpen) * (at % 3 === 0 ? right : 1 - right);
}

/** Nothing that depends on the given label, or the label would be counted twice. */
function doubtBasis({ logits, classCount }: SplitInput, outside: Float32Array, predicted: Int32Array): OpenSetBasis {
  const width = 3;
  const values = new Float32Array(outside.length * width).fill(1);
  outside.forEach((logOdds, row) => {
    const own = logits.subarray(row * classCount, (row + 1) * classCount);
    values[row * width + 1] = logOdds;
    values[row * width + 2] = classLogOdds(own, predicted[row] as number);
  });
  for (let column = 1; column < width; column += 1) standardise(values, width, column);
  return { values, width, blocks: [1], means: Float64Array.of(0, OUTSIDE_MEAN, CONFIDENCE_MEAN) };
}

/** Chance of each image to be open, given whether its label is the teacher's class: expectation maximisation. */
function openChances(input: SplitInput, outside: Float32Array): Float64Array {
  const { logits, labels, classCount } = input;
  const predicted = argmaxRows(logits, classCount);
  const agrees = predicted.map((label, row) => Number(label === labels[row]));
  const classifier = new OpenSetClassifier(doubtBasis(input, outside, predicted), {
    fraction: START_FRACTION,
    ridge: RIDGE,
    adapts: false,
  });
  let agreement = agrees.reduce((sum, one) => sum + one, 0) / agrees.length;
  const posteriors = new Float64Array(labels.length);
  for (let step = 0; step < STEPS; step += 1) {
    let [known, right] = [0, 0];
    for (let row = 0; row < posteriors.length; row += 1) {
      const chance = classifier.chances[row] as number;
      const byChance = chance * (agrees[row] === 1 ? 1 : classCount - 1);
      const byClass = (1 - chance) * classCount * (agrees[row] === 1 ? agreement : 1 - agreement);
      const open = byChance + byClass > 0 ? byChance / (byChance + byClass) : chance;
      posteriors[row] = open;
      known += 1 - open;
      right += (1 - open) * (agrees[row] as number);
    }
    if (known > 0) agreement = right / known;
    classifier.learn(posteriors);
  }
  return posteriors;
}
