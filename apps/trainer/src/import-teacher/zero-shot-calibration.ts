import { argmaxRows, fitTemperature } from '@winnow/noise';
import { percentText } from '@winnow/runs';
import { tf } from '@winnow/tensor';
import { classColumns } from '@winnow/training';
import { checkInput } from '../pictures/check-pictures';
import type { CheckPictures } from '../pictures/check-pictures';
import type { ReadNetwork } from './import-teacher-check';

/** Of fewer, a temperature says more about luck than about the network. */
const MIN_LABELLED = 20;
const BATCH = 16;

/** The temperature of a teacher, and how it was found, for the person. */
export interface Calibration {
  readonly temperature: number;
  /** Labelled images that it was fitted to; 0: none, and the temperature is 1. */
  readonly count: number;
  readonly note: string;
}

/**
 * Fits the temperature of a network to labelled images, over the classes that their folders name: others drop out of a
 * project's softmax too.
 * @throws WinnowError TEACHER_MISMATCH for a folder that is none of its classes
 */
export function calibrateTeacher(network: ReadNetwork, images: CheckPictures): Calibration {
  const rows = images.labels.flatMap((label, row) => (label === null ? [] : [row]));
  const folders = [...new Set(rows.map((row) => images.labels[row] as string))];
  if (rows.length < MIN_LABELLED || folders.length < 2) {
    const note = `Not calibrated: its probabilities are those of the logit scale that was trained. --check with ${MIN_LABELLED} or more pictures in a folder per class fits the temperature.`;
    return { temperature: 1, count: 0, note };
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
  const { temperature, confidence } = fitTemperature(logits, labels, folders.length);
  const best = argmaxRows(logits, folders.length);
  const right = labels.filter((label, index) => best[index] === label).length / rows.length;
  const [before, after, found] = [...confidence, right].map((value) => percentText(value, { digits: 1 }));
  const note = `Calibrated on ${rows.length} labelled pictures: temperature ${temperature.toPrecision(3)}; ${found} of them are recognised, the mean confidence went from ${before} to ${after}.`;
  return { temperature, count: rows.length, note };
}

function logitsOf(
  { frozen }: ReadNetwork,
  images: CheckPictures,
  part: { readonly from: number; readonly count: number },
): Float32Array {
  return tf.tidy(() => {
    const { logits } = frozen.outputs(checkInput(images, part, frozen.input));
    return (logits.dataSync() as Float32Array).slice() as never;
  }) as Float32Array;
}
