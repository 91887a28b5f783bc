import { SeededRandom } from '@winnow/random';
import { dot } from '../row-math';
import type { SplitInput } from '../split';
import { NO_CLASS } from '../split-quality';

/** A pool with known kinds, for tests: images are points around prototypes, the teacher a linear map of them. */
export interface GeneratedPoolOptions {
  readonly classCount: number;
  readonly count: number;
  /** Shares of closed and open images; the rest is clean. */
  readonly closed: number;
  readonly open: number;
  /** Multiplies every logit; 1 makes a fairly calibrated teacher. */
  readonly logitScale?: number;
  /** Spread of images around their prototype, in prototype lengths; more makes a worse teacher. */
  readonly spread?: number;
  readonly seed: number | string;
}

export interface GeneratedPool {
  readonly input: SplitInput;
  /** NO_CLASS for open images, [count] */
  readonly trueLabels: Int32Array;
}

const DIM = 32;
const OPEN_KINDS = 12;
/** How much of an open kind's prototype is that of a known class: they overlap. */
const RESEMBLANCE = 0.5;

/**
 * Known images lie around the prototype of their class; open ones around twelve others, each half way between a known
 * class and a direction of its own. Wrong labels are drawn at random; so are the labels of open images, but a third
 * of those follow what they resemble, as in a search.
 */
export function generatedPool(options: GeneratedPoolOptions): GeneratedPool {
  const { classCount, count, closed, open, logitScale = 1, spread = 0.3, seed } = options;
  const random = new SeededRandom(seed).fork('generated-pool');
  const prototypes = Array.from({ length: classCount }, () => direction(random));
  const openKinds = Array.from({ length: OPEN_KINDS }, () => {
    const own = direction(random);
    const like = random.int(classCount);
    const prototype = own.map((value, d) => {
      return Math.sqrt(1 - RESEMBLANCE ** 2) * value + RESEMBLANCE * ((prototypes[like] as Float64Array)[d] as number);
    });
    return { like, prototype };
  });
  const features = new Float32Array(count * DIM);
  const logits = new Float32Array(count * classCount);
  const labels = new Int32Array(count);
  const trueLabels = new Int32Array(count);
  for (let row = 0; row < count; row += 1) {
    const draw = random.next();
    const kind = openKinds[random.int(OPEN_KINDS)] as (typeof openKinds)[number];
    const truth = random.int(classCount);
    const isOpen = draw < open;
    const wrong = (truth + 1 + random.int(Math.max(1, classCount - 1))) % classCount;
    const openLabel = random.next() < 1 / 3 ? kind.like : random.int(classCount);
    trueLabels[row] = isOpen ? NO_CLASS : truth;
    labels[row] = isOpen ? openLabel : draw < open + closed ? wrong : truth;
    const centre = isOpen ? kind.prototype : (prototypes[truth] as Float64Array);
    for (let d = 0; d < DIM; d += 1) features[row * DIM + d] = (centre[d] as number) + spread * random.normal();
    const own = features.subarray(row * DIM, (row + 1) * DIM);
    prototypes.forEach((prototype, k) => {
      // The log-odds of normal clouds of this spread around prototypes of length one.
      logits[row * classCount + k] = (logitScale * dot(own, prototype)) / spread ** 2;
    });
  }
  return { input: { logits, labels, classCount, features: { values: features, dim: DIM }, seed: 1 }, trueLabels };
}

function direction(random: SeededRandom): Float64Array {
  const values = Float64Array.from({ length: DIM }, () => random.normal());
  const length = Math.hypot(...values);
  return values.map((value) => value / length);
}
