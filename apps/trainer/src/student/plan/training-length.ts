import { imagesOfBatch } from '@winnow/training';

/** How long a training is, in updates of its weights. */
export interface TrainingLength {
  /** That the method may draw from. */
  readonly images: number;
  /** Views of each that are in a batch. */
  readonly viewsPerImage: number;
  /** Views in a step. */
  readonly batch: number;
  /** Equal parts that a batch is cut into. */
  readonly accumulate: number;
  readonly epochs: number;
  readonly stepsPerEpoch: number;
  /** The student begins with pretrained weights. */
  readonly isPretrained: boolean;
}

/** With fewer than `few` updates a student has hardly begun; advice goes for `usual` ones, in at most so many epochs. */
const UPDATES = {
  random: { few: 300, usual: 1000, maxEpochs: 200 },
  pretrained: { few: 100, usual: 300, maxEpochs: 30 },
};
const BATCHES = [128, 64, 32, 16, 8];
/** An epoch of so many steps drops few images, and the average over its batches says something. */
const MIN_STEPS_PER_EPOCH = 16;

const imagesPerStep = (length: Pick<TrainingLength, 'batch' | 'accumulate' | 'viewsPerImage'>): number =>
  Math.max(1, imagesOfBatch(length, length.viewsPerImage));

/** What an epoch leaves out, as it does not fill a batch; null where the method draws from a part of the images. */
export function droppedPerEpoch(length: TrainingLength): number | null {
  const { images, stepsPerEpoch } = length;
  const perStep = imagesPerStep(length);
  return Math.max(1, Math.floor(images / perStep)) === stepsPerEpoch
    ? Math.max(0, images - stepsPerEpoch * perStep)
    : null;
}

/** In words: how the number of steps comes about. */
export function describeLength(length: TrainingLength): string {
  const { batch, viewsPerImage, epochs, stepsPerEpoch } = length;
  const dropped = droppedPerEpoch(length);
  const views =
    viewsPerImage > 1
      ? `${many(imagesPerStep(length), 'image')} in ${Math.min(viewsPerImage, batch)} views each`
      : 'images';
  return [
    `${many(stepsPerEpoch, 'step')} an epoch (batch ${batch}${viewsPerImage > 1 ? `: ${views}` : ''})`,
    `${count(stepsPerEpoch * epochs)} in all (${many(epochs, 'epoch')})`,
    ...(dropped === null || dropped === 0 ? [] : [`${many(dropped, 'image')} left out of each epoch`]),
  ].join(', ');
}

/** What to set for as many updates as are usual; null where there are enough. */
export function lengthAdvice(length: TrainingLength): string | null {
  const { images, viewsPerImage, batch, accumulate, epochs, stepsPerEpoch } = length;
  const updates = stepsPerEpoch * epochs;
  const { few, usual, maxEpochs } = UPDATES[length.isPretrained ? 'pretrained' : 'random'];
  if (updates >= few) return null;
  if (droppedPerEpoch(length) === null) {
    // How large the part is that the method draws from follows from the steps alone.
    const enough = Math.min(maxEpochs, Math.ceil(usual / stepsPerEpoch));
    const remedy =
      enough > epochs ? `--epochs ${enough} makes ${count(stepsPerEpoch * enough)}` : 'collect more images';
    return `the method draws ${many(stepsPerEpoch, 'step')} an epoch from a part of the images, ${updates} in all; hundreds are usual: ${remedy}.`;
  }
  const stepsWith = (size: number): number =>
    Math.max(1, Math.floor(images / imagesPerStep({ ...length, batch: size })));
  const smaller = BATCHES.filter(
    (size) => size <= batch && size % accumulate === 0 && imagesOfBatch({ ...length, batch: size }, viewsPerImage) > 1,
  );
  const better = smaller.find((size) => stepsWith(size) >= MIN_STEPS_PER_EPOCH) ?? smaller.at(-1) ?? batch;
  const enough = Math.ceil(usual / stepsWith(better) / 10) * 10;
  const longer = Math.max(epochs, Math.min(maxEpochs, enough));
  const flags = [
    ...(better === batch ? [] : [`--batch ${better}`]),
    ...(longer === epochs ? [] : [`--epochs ${longer}`]),
  ];
  const views = viewsPerImage > 1 ? ` x ${viewsPerImage} views` : '';
  const first = `${many(images, 'image')}${views} / batch ${batch} = ${many(stepsPerEpoch, 'step')} an epoch, ${updates} in all; hundreds are usual`;
  return flags.length === 0 ? `${first}.` : `${first}: ${flags.join(' ')} makes ${count(stepsWith(better) * longer)}.`;
}

/** `1,080 steps`, `1 step` */
function many(value: number, unit: string): string {
  return `${count(value)} ${unit}${value === 1 ? '' : 's'}`;
}

/** 1,080 */
function count(value: number): string {
  return value.toLocaleString('en-US');
}
