import { sum } from '../../row-math';

/** What is assumed of the noise before any image is seen; in images, so that it fades in large pools. */
export interface ChannelPrior {
  /** Images worth of the pool's mean share of wrong labels, added to every class. */
  readonly rateImages: number;
  /** Wrong labels a class as popular as the labels are, added to every class. */
  readonly targetImages: number;
  /** Images worth of the given labels' popularity, added to those of the open images. */
  readonly openImages: number;
  /** Images worth of all open images' labels, added to those that look like a class; as many as `targetImages`, see below. */
  readonly resemblanceImages: number;
}

export const CHANNEL_PRIOR: ChannelPrior = {
  rateImages: 100,
  targetImages: 200,
  openImages: 70,
  resemblanceImages: 200,
};

/** Beyond this a matrix of classes is too large, and too sparse to learn: wrong labels then go by popularity. */
const MAX_CLASSES = 2048;

/**
 * How images become given labels: one of class k keeps its label with 1 - rate[k], or gets class l with rate[k] times
 * target[k, l]; an open image that looks like class k to the teacher gets l with `openChance`. Learnt from posterior counts
 * by `learn`. Both know which class is taken for which, and are equally slow to learn it: of two explanations the one
 * that may learn more would take the other's images.
 */
export class LabelChannel {
  readonly classCount: number;
  readonly rates: Float64Array;
  /** Chance of each label for an open image, [classCount] */
  readonly openLabels: Float64Array;
  readonly #popularity: Float64Array;
  /** Chance of given label (row) for true class (column): an image reads one row; null where classes are too many */
  readonly #matrix: Float64Array | null;
  /** Chance of given label (row) for an open image that looks like a class (column); null where classes are too many */
  readonly #openMatrix: Float64Array | null;
  readonly #prior: ChannelPrior;

  /**
   * @param labels given labels, [count]
   * @param rate share of wrong labels to start from
   */
  constructor(labels: Int32Array, classCount: number, { rate, prior }: { rate: number; prior: ChannelPrior }) {
    this.classCount = classCount;
    this.#prior = prior;
    this.#popularity = new Float64Array(classCount).fill(1 / (labels.length + classCount));
    labels.forEach((label) => {
      this.#popularity[label] = (this.#popularity[label] as number) + 1 / (labels.length + classCount);
    });
    this.openLabels = Float64Array.from(this.#popularity);
    this.rates = new Float64Array(classCount).fill(rate);
    this.#matrix = classCount > MAX_CLASSES ? null : new Float64Array(classCount * classCount);
    for (let at = 0; at < (this.#matrix?.length ?? 0); at += 1) {
      (this.#matrix as Float64Array)[at] = this.#popularChance(at % classCount, Math.floor(at / classCount));
    }
    this.#openMatrix = this.#matrix?.map((_, at) => this.openLabels[Math.floor(at / classCount)] as number) ?? null;
  }

  /** Chance of a given label for an image of a true class. */
  chance(truth: number, given: number): number {
    if (this.#matrix === null) return this.#popularChance(truth, given);
    return this.#matrix[given * this.classCount + truth] as number;
  }

  /** Chance of a given label for an open image that looks like a class. */
  openChance(resembled: number, given: number): number {
    return (this.#openMatrix?.[given * this.classCount + resembled] ?? this.openLabels[given]) as number;
  }

  /** An empty tally of posterior counts. */
  tally(): ChannelTally {
    const { classCount } = this;
    return {
      members: new Float64Array(classCount),
      wrong: new Float64Array(classCount),
      moves: this.#matrix === null ? null : new Float64Array(classCount * classCount),
      open: new Float64Array(classCount),
      resemblances: this.#openMatrix === null ? null : new Float64Array(classCount * classCount),
    };
  }

  /** Takes the most likely rates and targets under a tally and the prior. */
  learn({ members, wrong, moves, open, resemblances }: ChannelTally): void {
    const { rateImages, targetImages, openImages } = this.#prior;
    const { classCount } = this;
    const meanRate = sum(wrong) / Math.max(sum(members), Number.MIN_VALUE);
    for (let k = 0; k < classCount; k += 1) {
      const weight = (members[k] as number) + rateImages;
      if (weight > 0) this.rates[k] = ((wrong[k] as number) + rateImages * meanRate) / weight;
      this.#learnTargets(k, moves, (wrong[k] as number) + targetImages);
    }
    const openTotal = sum(open) + openImages;
    for (let k = 0; openTotal > 0 && k < classCount; k += 1) {
      this.openLabels[k] = ((open[k] as number) + openImages * (this.#popularity[k] as number)) / openTotal;
    }
    for (let k = 0; k < classCount; k += 1) this.#learnOpenLabels(k, resemblances);
  }

  #learnTargets(truth: number, moves: Float64Array | null, total: number): void {
    if (moves === null || this.#matrix === null) return;
    const { targetImages } = this.#prior;
    const rate = this.rates[truth] as number;
    const elsewhere = 1 - (this.#popularity[truth] as number);
    for (let given = 0; given < this.classCount; given += 1) {
      const at = given * this.classCount + truth;
      const assumed = (targetImages * (this.#popularity[given] as number)) / elsewhere;
      if (given === truth) this.#matrix[at] = 1 - rate;
      else this.#matrix[at] = total > 0 ? (rate * ((moves[at] as number) + assumed)) / total : rate * assumed;
    }
  }

  #learnOpenLabels(resembled: number, resemblances: Float64Array | null): void {
    if (resemblances === null || this.#openMatrix === null) return;
    const { resemblanceImages } = this.#prior;
    let total = resemblanceImages;
    for (let at = resembled; at < resemblances.length; at += this.classCount) total += resemblances[at] as number;
    for (let given = 0; given < this.classCount; given += 1) {
      const at = given * this.classCount + resembled;
      const assumed = this.openLabels[given] as number;
      this.#openMatrix[at] = total > 0 ? ((resemblances[at] as number) + resemblanceImages * assumed) / total : assumed;
    }
  }

  /** Wrong labels by popularity alone. */
  #popularChance(truth: number, given: number): number {
    const rate = this.rates[truth] as number;
    if (truth === given) return 1 - rate;
    return (rate * (this.#popularity[given] as number)) / (1 - (this.#popularity[truth] as number));
  }
}

/** Posterior counts of one look at the pool. */
export interface ChannelTally {
  /** Known images of each true class, [classCount] */
  readonly members: Float64Array;
  /** Those of them with another label, [classCount] */
  readonly wrong: Float64Array;
  /** Of given label (row) and true class (column), [classCount, classCount]; null where classes are too many */
  readonly moves: Float64Array | null;
  /** Open images by given label, [classCount] */
  readonly open: Float64Array;
  /** Those by given label (row) and the class they look like (column), [classCount, classCount]; null where classes are too many */
  readonly resemblances: Float64Array | null;
}
