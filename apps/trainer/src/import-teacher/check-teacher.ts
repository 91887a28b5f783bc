import { type InputSpec, isWinnowError, WinnowError } from '@winnow/contracts';
import { argmaxRows } from '@winnow/noise';
import { percentText } from '@winnow/runs';
import { tf } from '@winnow/tensor';
import { classColumns, type ClassNames, classSynonyms, describeSynonyms, type FrozenNetwork } from '@winnow/training';
import { type CheckImages, checkInput } from '../data/check-images';
import { rankClasses } from '../predict/predict-images';
import { isNearChance } from '../student/plan/training-verdict';

/** What a teacher says to an image. */
export interface CheckRow {
  readonly image: string;
  /** Its folder, where that is one of the classes. */
  readonly label: string | null;
  /** Most probable first, three at most. */
  readonly top: readonly { readonly className: string; readonly probability: number }[];
}

export interface CheckReport {
  readonly rows: readonly CheckRow[];
  /** Share of labelled images that it recognises, 0..1; null without. */
  readonly accuracy: number | null;
  /** Largest difference of a logit between one image at a time and all at once. */
  readonly batchDifference: number;
  readonly shapes: {
    readonly logits: readonly number[];
    readonly features: readonly number[];
    /** Null for a teacher of logits only. */
    readonly featureMap: readonly number[] | null;
  };
  readonly notes: readonly string[];
}

/** A network that was read, and how its classes are called. */
export interface ReadNetwork {
  readonly frozen: FrozenNetwork;
  readonly classes: readonly string[];
  readonly rename: ClassNames;
  readonly hasFeatureMap: boolean;
}

interface CheckedNetwork extends ReadNetwork {
  /** Whether its output was declared to hold probabilities. */
  readonly saysProbabilities: boolean;
  /** Names it in errors. */
  readonly where: string;
  /** A doubt about what it recognises becomes a note. */
  readonly force: boolean;
}

interface Outputs {
  readonly logits: Float32Array;
  readonly shapes: CheckReport['shapes'];
  /** Whether each of them holds finite numbers only. */
  readonly isFinite: Readonly<Record<'logits' | 'features' | 'featureMap', boolean>>;
  /** Largest difference between the features and the mean of the feature map; null where they do not compare. */
  readonly poolDifference: number | null;
}

const TOP = 3;
/** Of the largest logit. */
const BATCH_TOLERANCE = 1e-3;
const SUM_TOLERANCE = 1e-3;
/** So many labelled images cannot all be missed by bad luck. */
const ENOUGH_LABELLED = 5;
const REMEDY =
  'Check the order of the class list, --range, --mean, --std and --rename. If it is what you want, write it with --force.';

/**
 * Tries a network on images and holds it to its contract.
 * @throws WinnowError TEACHER_MISMATCH naming what does not fit
 */
export function checkTeacher(network: CheckedNetwork, checked: CheckImages): CheckReport {
  try {
    return check(network, checked);
  } catch (error) {
    if (!isWinnowError(error) || error.where !== undefined) throw error;
    throw new WinnowError(error.code, error.message, { where: network.where, next: error.next as string });
  }
}

function check(network: CheckedNetwork, checked: CheckImages): CheckReport {
  const { frozen, classes } = network;
  if (frozen.classCount !== classes.length) {
    throw mismatch(
      `the network has ${frozen.classCount} outputs, the class list ${classes.length} names`,
      'Name every output, in order; a background output too.',
    );
  }
  const truth = labelColumns(network, checked);
  const together = outputsOf(network, checked, { from: 0, count: checked.count });
  checkNumbers(together, classes.length);
  checkScale(together.logits, classes.length, network.saysProbabilities);
  const batchDifference = compareOneByOne(network, checked, together.logits);
  const rows = checked.names.map((image, row) => ({
    image,
    label: checked.labels[row] ?? null,
    top: rankClasses(together.logits.subarray(row * classes.length, (row + 1) * classes.length), classes).slice(0, TOP),
  }));
  const recognised = recognisedOf(together.logits, truth, classes);
  const { accuracy } = recognised;
  const doubt = doubtOf(recognised, classes.length);
  if (doubt !== null && !network.force) throw mismatch(doubt, REMEDY);
  const taken = describeSynonyms(
    classSynonyms(classes, [...new Set(checked.labels.flatMap((l) => l ?? []))], network.rename),
  );
  const notes = [
    ...(taken === null ? [] : [taken]),
    ...(doubt === null ? [] : [`Written although ${doubt} (--force).`]),
    ...notesOn(together, checked),
  ];
  return { rows, accuracy, batchDifference, shapes: together.shapes, notes };
}

/** The output that each image's folder stands for; null for images without one. */
function labelColumns({ classes, rename }: CheckedNetwork, { labels }: CheckImages): (number | null)[] {
  const folders = [...new Set(labels.filter((label) => label !== null))];
  const columns = classColumns(classes, folders, rename);
  return labels.map((label) => (label === null ? null : (columns[folders.indexOf(label)] as number)));
}

function outputsOf(
  { frozen, hasFeatureMap }: CheckedNetwork,
  checked: CheckImages,
  { from, count }: { readonly from: number; readonly count: number },
): Outputs {
  return tf.tidy(() => {
    const outputs = frozen.outputs(checkInput(checked, { from, count }, frozen.input));
    const { logits, features } = outputs;
    const map = hasFeatureMap ? outputs.featureMap : null;
    const compares = map !== null && map.shape[3] === features.shape[1];
    const pooled = compares ? tf.max(tf.abs(tf.sub(tf.mean(map, [1, 2]), features))).dataSync()[0] : null;
    return {
      logits: (logits.dataSync() as Float32Array).slice(),
      shapes: { logits: logits.shape, features: features.shape, featureMap: map?.shape ?? null },
      isFinite: { logits: isFinite(logits), features: isFinite(features), featureMap: map === null || isFinite(map) },
      poolDifference: pooled ?? null,
    } as never;
  }) as Outputs;
}

function isFinite(tensor: tf.Tensor): boolean {
  return (tensor.dataSync() as Float32Array).every(Number.isFinite);
}

function checkNumbers({ logits, isFinite: finite }: Outputs, classCount: number): void {
  for (const [name, isFine] of Object.entries(finite)) {
    if (!isFine) {
      throw mismatch(`its ${name} are not all finite numbers`, 'Check --range, --mean and --std, and the file itself.');
    }
  }
  const rows = rowsOf(logits, classCount);
  if (rows.some((row) => row.every((value) => value === row[0]))) {
    throw mismatch('its logits are the same for every class', 'Check that --logits names the right output.');
  }
  const [first] = rows;
  if (rows.length > 1 && rows.every((row) => row.every((value, column) => value === first?.[column]))) {
    throw mismatch('its logits are the same for every image', 'Check --range, --mean and --std.');
  }
}

/** Probabilities that pass for logits would make a teacher that is sure of nothing. */
function checkScale(logits: Float32Array, classCount: number, saysProbabilities: boolean): void {
  const rows = rowsOf(logits, classCount);
  const sumsToOne = (values: readonly number[]): boolean =>
    Math.abs(values.reduce((sum, value) => sum + value, 0) - 1) < SUM_TOLERANCE;
  if (saysProbabilities && !rows.every((row) => sumsToOne(row.map(Math.exp)))) {
    throw mismatch('its output does not hold probabilities: they do not sum to 1', 'Leave --probabilities out.');
  }
  const looksLikeShares = rows.every((row) => row.every((value) => value >= 0 && value <= 1) && sumsToOne(row));
  if (saysProbabilities || !looksLikeShares) return;
  throw mismatch(
    'its output holds probabilities, not logits: they lie within 0 and 1 and sum to 1',
    'Name the output before the softmax with --logits; where there is none, --probabilities takes their logarithm.',
  );
}

/** @throws WinnowError TEACHER_MISMATCH where an image's answer depends on the images beside it */
function compareOneByOne(network: CheckedNetwork, checked: CheckImages, together: Float32Array): number {
  const classCount = network.classes.length;
  let largest = 0;
  let difference = 0;
  for (let row = 0; row < checked.count; row += 1) {
    const alone = outputsOf(network, checked, { from: row, count: 1 }).logits;
    alone.forEach((value, column) => {
      largest = Math.max(largest, Math.abs(value));
      difference = Math.max(difference, Math.abs(value - (together[row * classCount + column] as number)));
    });
  }
  if (difference <= BATCH_TOLERANCE * Math.max(1, largest)) return difference;
  throw mismatch(
    `its answer to an image depends on the images beside it (logits differ by ${difference.toPrecision(2)})`,
    'Export it in evaluation mode (in PyTorch: model.eval()).',
  );
}

/** What the network says to labelled images. */
interface Recognised {
  readonly count: number;
  /** 0..1; null without labelled images. */
  readonly accuracy: number | null;
  /** The class that it gives to all of them, where they have several. */
  readonly only: string | null;
}

function recognisedOf(logits: Float32Array, truth: readonly (number | null)[], classes: readonly string[]): Recognised {
  const best = argmaxRows(logits, classes.length);
  const labelled = truth.flatMap((column, row) => (column === null ? [] : [{ column, given: best[row] as number }]));
  const [first] = labelled;
  const hasSeveral = labelled.some(({ column }) => column !== first?.column);
  const isOne = labelled.every(({ given }) => given === first?.given);
  const right = labelled.filter(({ column, given }) => column === given).length;
  return {
    count: labelled.length,
    accuracy: labelled.length === 0 ? null : right / labelled.length,
    only: first !== undefined && hasSeveral && isOne ? (classes[first.given] as string) : null,
  };
}

/** Why a network that computes as it should cannot be the one that was meant; null where nothing says so. */
function doubtOf({ count, accuracy, only }: Recognised, classCount: number): string | null {
  if (accuracy === null || count < ENOUGH_LABELLED) return null;
  if (accuracy === 0) return `it recognises none of ${count} labelled images`;
  if (only !== null) return `it takes all of ${count} labelled images of several classes for ${only}`;
  if (!isNearChance(accuracy, classCount)) return null;
  const [found, chance] = [accuracy, 1 / classCount].map((fraction) => percentText(fraction, { digits: 1 }));
  return `it recognises ${found} of ${count} labelled images, and chance is ${chance}`;
}

function notesOn({ poolDifference, shapes }: Outputs, checked: CheckImages): string[] {
  const notes: string[] = [];
  if (checked.found > checked.count) notes.push(`${checked.count} of ${checked.found} images were used.`);
  if (shapes.featureMap === null) {
    const has = shapes.features[1] === 0 ? 'logits only' : 'no feature map';
    notes.push(`The teacher has ${has}: \`fitnet\`, \`simkd\`, \`kd3\` and \`modul\` need the feature map.`);
  } else if (poolDifference === null) {
    notes.push(`Features have ${shapes.features[1]} numbers, the feature map ${shapes.featureMap[3]} channels.`);
  } else if (poolDifference > 1e-3) {
    notes.push('The features are not the mean of the feature map.');
  }
  return notes;
}

function rowsOf(values: Float32Array, length: number): number[][] {
  return Array.from({ length: values.length / length }, (_, row) => [
    ...values.subarray(row * length, (row + 1) * length),
  ]);
}

function mismatch(what: string, next: string): WinnowError {
  return new WinnowError('TEACHER_MISMATCH', `The teacher does not pass its check: ${what}`, { next });
}

/** A network that was read, but neither tried nor written. */
export interface Candidate extends ReadNetwork {
  readonly kind: string;
  readonly input: InputSpec;
  /** How the images that it learnt from became square, as far as anybody says. */
  readonly resize: string | undefined;
  readonly notes: readonly string[];
  /** The same with logits whose probabilities mean what they say; of a kind that can be scaled. */
  calibrate?(images: CheckImages): Candidate;
  write(): Promise<void>;
}
