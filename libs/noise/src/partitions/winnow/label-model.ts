import type { CandidateClasses } from './candidate-classes';
import { UNDECIDED_LABEL } from '../../corrections';
import type { ChannelTally, LabelChannel } from './label-channel';
import { sum } from '../../row-math';
import type { OpenSetClassifier } from './open-set-classifier';
import { temperatureStep } from './temperature';

/** What the model is fitted to. */
export interface LabelModelPool {
  readonly candidates: CandidateClasses;
  /** Given labels, [count] */
  readonly labels: Int32Array;
  /** Labels of copies found elsewhere: they weigh on posteriors, and are too few for rates to be learnt from, [count] */
  readonly otherLabels?: readonly (readonly number[])[] | undefined;
  /** Cells of the crawl's evidence, 0..7, [count] */
  readonly cells: Uint8Array;
  /** Decisions (SplitInput.known): only what a person decided explains those images, [count] */
  readonly known?: Int32Array | undefined;
  /** 1 for images whose labels teach the parts nothing, so that they can be judged by them, [count]; default: none */
  readonly heldOut?: Uint8Array | undefined;
}

/** The parts that expectation maximisation moves. */
export interface LabelModelParts {
  readonly channel: LabelChannel;
  readonly classifier: OpenSetClassifier;
  /** Inverse of the teacher's temperature. */
  inverseTemperature: number;
  readonly startInverse: number;
  /** Odds of a wrong label in each cell of evidence, relative to the channel's rate, [8] */
  readonly cellFactors: Float64Array;
}

/** Posteriors of every image. */
export interface LabelPosteriors {
  /** clean, closed, open, [count, 3] */
  readonly probabilities: Float32Array;
  /** The most likely class other than the given one; the given one where there is no other, [count] */
  readonly closedClasses: Int32Array;
  /** Mean log-likelihood of the labels of an image, nats. */
  readonly logLikelihood: number;
  /** Only at the end of a fit that asks for them. */
  readonly detail?: LabelDetail;
}

/** What the model says of every image beyond the noise kinds. */
export interface LabelDetail {
  /** Posterior of every class; a row sums to the chance that the image is of a known one, [count, classCount] */
  readonly classPosteriors: Float32Array;
  /** Log-likelihood of the given label, and of the decision where there is one, nats, [count] */
  readonly labelLogLikelihoods: Float64Array;
}

/** Cells with few wrong labels keep the channel's rate. */
const CELL_WRONG_LABELS = 100;
const HIGHEST_RATE = 0.95;
/** Chance of a class that is not looked at, unless it is the given one. */
const NEGLIGIBLE = 1e-5;

interface Totals {
  readonly tally: ChannelTally;
  readonly open: Float64Array;
  readonly cellWrong: Float64Array;
  readonly cellExpected: Float64Array;
  slope: number;
  curvature: number;
}

/** What a step does beside finding posteriors. */
export interface LabelModelTask {
  /** Moves the parts to what the posteriors say. */
  readonly learn: boolean;
  readonly wantsDetail?: boolean;
}

/**
 * A step of expectation maximisation: the E-step finds each image's posteriors under the present parts and adds up what
 * they say (`expectRow`), the M-step moves the parts to it (`maximise`).
 */
export function labelModelStep(
  pool: LabelModelPool,
  parts: LabelModelParts,
  { learn, wantsDetail = false }: LabelModelTask,
): LabelPosteriors {
  const count = pool.labels.length;
  const totals: Totals = {
    tally: parts.channel.tally(),
    open: new Float64Array(count),
    cellWrong: new Float64Array(parts.cellFactors.length),
    cellExpected: new Float64Array(parts.cellFactors.length),
    slope: 0,
    curvature: 0,
  };
  const probabilities = new Float32Array(count * 3);
  const closedClasses = new Int32Array(count);
  const joint = new Float64Array(pool.candidates.width);
  const prior = new Float64Array(pool.candidates.width);
  const resembled = new Float64Array(pool.candidates.width);
  const detail = wantsDetail ? emptyDetail(count, parts.channel.classCount) : null;
  let logLikelihood = 0;
  const step = { pool, parts, totals, prior, joint, resembled, probabilities, closedClasses };
  for (let row = 0; row < count; row += 1) {
    const rowLogLikelihood = expectRow(row, step);
    logLikelihood += rowLogLikelihood;
    if (detail !== null) noteDetail(row, { step, detail, logLikelihood: rowLogLikelihood });
  }
  if (learn) maximise(parts, totals);
  return { probabilities, closedClasses, logLikelihood: logLikelihood / count, ...(detail && { detail }) };
}

function emptyDetail(count: number, classCount: number): LabelDetail {
  return {
    classPosteriors: new Float32Array(count * classCount),
    labelLogLikelihoods: new Float64Array(count),
  };
}

/** Takes the posteriors that `expectRow` found last. */
function noteDetail(
  row: number,
  { step, detail, logLikelihood }: { step: ExpectationStep; detail: LabelDetail; logLikelihood: number },
): void {
  const { width, classes } = step.pool.candidates;
  const { classCount } = step.parts.channel;
  detail.labelLogLikelihoods[row] = logLikelihood;
  for (let at = 0; at < width; at += 1) {
    const k = classes[row * width + at] as number;
    detail.classPosteriors[row * classCount + k] = step.joint[at] as number;
  }
}

/** The E-step under way. */
interface ExpectationStep {
  readonly pool: LabelModelPool;
  readonly parts: LabelModelParts;
  /** What the M-step needs of the images so far. */
  readonly totals: Totals;
  /** Of the present image, its candidates: p(k | x, known). */
  readonly prior: Float64Array;
  /** Of the present image, its candidates: p(k, labels | x), then p(k | x, labels). */
  readonly joint: Float64Array;
  /** Of the present image, its candidates: p(open, looks like k, labels | x). */
  readonly resembled: Float64Array;
  readonly probabilities: Float32Array;
  readonly closedClasses: Int32Array;
}

/** The E-step of one image: its posteriors, added to the totals. @returns the log-likelihood of its label */
function expectRow(row: number, step: ExpectationStep): number {
  const { pool, parts, totals, joint, probabilities, closedClasses } = step;
  const { width, classes } = pool.candidates;
  const from = row * width;
  const label = pool.labels[row] as number;
  const open = jointChances(row, step);
  let total = open;
  for (let at = 0; at < width; at += 1) total += joint[at] as number;
  let clean = 0;
  let best = -1;
  for (let at = 0; at < width; at += 1) {
    joint[at] = (joint[at] as number) / total;
    if (classes[from + at] === label) clean += joint[at] as number;
    else if (best < 0 || (joint[at] as number) > (joint[best] as number)) best = at;
  }
  closedClasses[row] = best < 0 ? label : (classes[from + best] as number);
  totals.open[row] = open / total;
  const known = pool.known?.[row] ?? UNDECIDED_LABEL;
  if (known !== UNDECIDED_LABEL) {
    total *= decide(row, known, step);
    clean = known === label ? 1 : 0;
  }
  const openPosterior = totals.open[row] as number;
  probabilities[row * 3] = clean;
  probabilities[row * 3 + 1] = Math.max(0, 1 - clean - openPosterior);
  probabilities[row * 3 + 2] = openPosterior;
  const isHeldOut = pool.heldOut?.[row] === 1;
  // What the classifier says already moves it nowhere.
  if (isHeldOut) totals.open[row] = parts.classifier.chances[row] as number;
  else addToTotals(row, step);
  return Math.log(Math.max(total, Number.MIN_VALUE));
}

/** Leaves what a person decided as the only explanation; returns the chance that it had. */
function decide(row: number, known: number, { pool, totals, joint, closedClasses }: ExpectationStep): number {
  const { width, classes } = pool.candidates;
  const at = classes.subarray(row * width, (row + 1) * width).indexOf(known);
  const chance = (at < 0 ? totals.open[row] : joint[at]) as number;
  joint.fill(0);
  if (at >= 0) {
    joint[at] = 1;
    closedClasses[row] = known;
  }
  totals.open[row] = at < 0 ? 1 : 0;
  return chance;
}

/**
 * Fills `prior` with p(k | x, known), `joint` with the chance of each class and the labels, and `resembled` with that of an
 * open image which looks like each class and the labels; returns the sum of the last: the chance of open and the labels.
 */
function jointChances(row: number, { pool, parts, prior, joint, resembled }: ExpectationStep): number {
  const { width, classes, logits } = pool.candidates;
  const { channel, classifier } = parts;
  const from = row * width;
  const label = pool.labels[row] as number;
  const others = pool.otherLabels?.[row] ?? [];
  const factor = parts.cellFactors[pool.cells[row] as number] as number;
  const openChance = classifier.chances[row] as number;
  const known = pool.known?.[row] ?? UNDECIDED_LABEL;
  let sum = 0;
  for (let at = 0; at < width; at += 1) {
    prior[at] = Math.exp((logits[from + at] as number) * parts.inverseTemperature);
    sum += prior[at] as number;
  }
  let open = 0;
  for (let at = 0; at < width; at += 1) {
    const k = classes[from + at] as number;
    prior[at] = (prior[at] as number) / sum;
    joint[at] = 0;
    resembled[at] = 0;
    if (k !== label && k !== known && (prior[at] as number) < NEGLIGIBLE) continue;
    let chance = (1 - openChance) * (prior[at] as number) * cellChance(channel, k, { given: label, factor });
    let alike = openChance * (prior[at] as number) * channel.openChance(k, label);
    for (const other of others) {
      chance *= channel.chance(k, other);
      alike *= channel.openChance(k, other);
    }
    // Keeps a label that nothing explains from dividing by zero.
    joint[at] = chance + 1e-280 * (prior[at] as number);
    resembled[at] = alike + 1e-290 * (prior[at] as number);
    open += resembled[at] as number;
  }
  return open;
}

/** The channel's chance with the rate of the cell of evidence. */
function cellChance(
  channel: LabelChannel,
  truth: number,
  { given, factor }: { given: number; factor: number },
): number {
  const chance = channel.chance(truth, given);
  if (factor === 1) return chance;
  const rate = channel.rates[truth] as number;
  const raised = Math.min(Math.max(rate, HIGHEST_RATE), rate * factor);
  if (truth === given) return 1 - raised;
  return rate > 0 ? (chance * raised) / rate : 0;
}

/** Adds an image's posteriors to what the M-step needs. */
function addToTotals(row: number, step: ExpectationStep): void {
  const { pool, parts, totals, prior, joint } = step;
  const { rates } = parts.channel;
  const { width, classes, logits } = pool.candidates;
  const { tally } = totals;
  const from = row * width;
  const label = pool.labels[row] as number;
  const cell = pool.cells[row] as number;
  const known = 1 - (totals.open[row] as number);
  const isDecided = (pool.known?.[row] ?? UNDECIDED_LABEL) !== UNDECIDED_LABEL;
  let [posteriorMean, priorMean, priorSquares, wrong, expected] = [0, 0, 0, 0, 0];
  for (let at = 0; at < width; at += 1) {
    const k = classes[from + at] as number;
    const fraction = joint[at] as number;
    // Of a decided image one class alone is left, but the teacher's temperature is judged by what it said of all.
    if (fraction === 0 && !isDecided) continue;
    const logit = logits[from + at] as number;
    priorMean += (prior[at] as number) * logit;
    priorSquares += (prior[at] as number) * logit * logit;
    if (fraction === 0) continue;
    posteriorMean += fraction * logit;
    tally.members[k] = (tally.members[k] as number) + fraction;
    expected += fraction * (rates[k] as number);
    if (k === label) continue;
    wrong += fraction;
    tally.wrong[k] = (tally.wrong[k] as number) + fraction;
    if (tally.moves !== null) {
      const move = label * tally.wrong.length + k;
      tally.moves[move] = (tally.moves[move] as number) + fraction;
    }
  }
  tally.open[label] = (tally.open[label] as number) + (totals.open[row] as number);
  if (tally.resemblances !== null) addResemblances(row, tally.resemblances, step);
  totals.cellWrong[cell] = (totals.cellWrong[cell] as number) + wrong;
  totals.cellExpected[cell] = (totals.cellExpected[cell] as number) + expected;
  // What open images look like says nothing of the teacher's temperature, which is of the classes that it knows.
  totals.slope += posteriorMean - known * priorMean;
  totals.curvature += known * Math.max(0, priorSquares - priorMean * priorMean);
}

/** Adds the classes that an image looks like, as far as it is open. */
function addResemblances(
  row: number,
  resemblances: Float64Array,
  { pool, parts, totals, resembled }: ExpectationStep,
): void {
  const { width, classes } = pool.candidates;
  const scale = (totals.open[row] as number) / sum(resembled);
  const given = (pool.labels[row] as number) * parts.channel.classCount;
  for (let at = 0; at < width; at += 1) {
    if (resembled[at] === 0) continue;
    const cell = given + (classes[row * width + at] as number);
    resemblances[cell] = (resemblances[cell] as number) + scale * (resembled[at] as number);
  }
}

/** The M-step: channel, classifier, temperature and the rates of the cells follow the posteriors. */
function maximise(parts: LabelModelParts, totals: Totals): void {
  parts.channel.learn(totals.tally);
  parts.classifier.learn(totals.open);
  const evidence = { ...totals, count: totals.open.length };
  parts.inverseTemperature = temperatureStep(parts.inverseTemperature, parts.startInverse, evidence);
  const rate = sum(totals.cellExpected) === 0 ? 0 : sum(totals.cellWrong) / sum(totals.cellExpected);
  if (totals.cellWrong.filter((wrong, cell) => wrong + (totals.cellExpected[cell] as number) > 0).length < 2) return;
  const prior = CELL_WRONG_LABELS * Math.max(rate, Number.MIN_VALUE);
  totals.cellWrong.forEach((wrong, cell) => {
    parts.cellFactors[cell] = (wrong + prior) / (rate * (totals.cellExpected[cell] as number) + prior);
  });
}
