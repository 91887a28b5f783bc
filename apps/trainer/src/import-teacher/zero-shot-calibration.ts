import type { TeacherManifest } from '@winnow/contracts';
import { argmaxRows, candidateClasses, fitTemperature, startTemperature } from '@winnow/noise';
import { percentText } from '@winnow/runs';
import { tf } from '@winnow/tensor';
import { classColumns } from '@winnow/training';
import { type CheckImages, checkInput } from '../data/check-images';
import type { ReadNetwork } from './check-teacher';

/** Of fewer, a temperature says more about luck than about the network. */
const MIN_LABELLED = 20;
const BATCH = 16;

/** What the temperature of a teacher was fitted to, as teacher.json says it. */
export type CalibrationSet = NonNullable<TeacherManifest['zeroShot']>['calibration'];

/** The temperature of a teacher, and how it was found, for the person. */
export interface Calibration {
  readonly temperature: number;
  /** Null: there was nothing to fit it to, and it is 1. */
  readonly calibration: CalibrationSet;
  readonly note: string;
}

/**
 * Fits the temperature of a network to labelled images, over the classes that their folders name: others drop out of a
 * project's softmax too. Under right labels by their likelihood; under noisy ones so that the mean confidence is the
 * fraction of labels that the network agrees with, and two thirds of the rest, as the split `winnow` begins: a
 * likelihood takes wrong labels for doubts of the network.
 * @throws WinnowError TEACHER_MISMATCH for a folder that is none of its classes
 */
export function calibrateTeacher(network: ReadNetwork, images: CheckImages, labelled: 'right' | 'noisy'): Calibration {
  const rows = images.labels.flatMap((label, row) => (label === null ? [] : [row]));
  const folders = [...new Set(rows.map((row) => images.labels[row] as string))];
  if (rows.length < MIN_LABELLED || folders.length < 2) {
    const note = `Not calibrated: its probabilities are those of the logit scale that was trained. --check with ${MIN_LABELLED} or more images in a folder per class fits the temperature.`;
    return { temperature: 1, calibration: null, note };
  }
  const columns = classColumns(network.classes, folders, network.rename);
  const logits = new Float32Array(rows.length * folders.length);
  for (let from = 0; from < images.count; from += BATCH) {
    const part = logitsOf(network, images, { from, count: Math.min(BATCH, images.count - from) });
    rows.forEach((row, index) => {
      if (row < from || row >= from + BATCH) return;
      const own = part.subarray((row - from) * network.classes.length);
      logits.set(columns.map((column) => own[column] as number), index * folders.length); // prettier-ignore
    });
  }
  const labels = Int32Array.from(rows, (row) => folders.indexOf(images.labels[row] as string));
  const temperature =
    labelled === 'right'
      ? fitTemperature(logits, labels, folders.length)
      : startTemperature(candidateClasses(logits, labels, folders.length), labels);
  const best = argmaxRows(logits, folders.length);
  const agreeing = labels.filter((label, index) => best[index] === label).length / rows.length;
  const [before, after, found] = [
    meanConfidence(logits, folders.length, 1),
    meanConfidence(logits, folders.length, temperature),
    agreeing,
  ].map((value) => percentText(value, { digits: 1 }));
  const agreement = labelled === 'right' ? 'of them are recognised' : 'agree with its label';
  const note = `Calibrated on ${rows.length} labelled images: temperature ${temperature.toPrecision(3)}; ${found} ${agreement}, the mean confidence went from ${before} to ${after}.`;
  return { temperature, calibration: { images: rows.length, labels: labelled }, note };
}

/** Mean of the largest probability, 0..1. */
function meanConfidence(logits: Float32Array, classCount: number, temperature: number): number {
  let sum = 0;
  for (let from = 0; from < logits.length; from += classCount) {
    const own = logits.subarray(from, from + classCount);
    const top = own.reduce((most, value) => Math.max(most, value), -Infinity);
    sum += 1 / own.reduce((mass, value) => mass + Math.exp((value - top) / temperature), 0);
  }
  return (sum * classCount) / logits.length;
}

function logitsOf(
  { frozen }: ReadNetwork,
  images: CheckImages,
  part: { readonly from: number; readonly count: number },
): Float32Array {
  return tf.tidy(() => {
    const { logits } = frozen.outputs(checkInput(images, part, frozen.input));
    return (logits.dataSync() as Float32Array).slice() as never;
  }) as Float32Array;
}
