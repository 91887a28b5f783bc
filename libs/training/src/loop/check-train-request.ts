import { WinnowError } from '@winnow/contracts';
import { requireInputSize } from '../input-tensor';
import { requireMethodSettings } from '../method-settings';
import type { TrainRequest } from './train-options';
import { trainSettingsOf } from './train-settings';
import type { TrainSettings } from './train-settings';

/** @throws WinnowError CONFIG_INVALID, MISSING_INPUT or SHAPE_MISMATCH where settings, data and student do not fit */
export function checkTrainRequest(request: TrainRequest): void {
  const { method, data, student, options } = request;
  const { images } = data;
  const settings = trainSettingsOf(request);
  const { epochs, batch, accumulate, optimizer } = settings;
  for (const [name, value] of Object.entries({ epochs, batch, accumulate })) {
    if (Number.isInteger(value) && value >= 1) continue;
    throw new WinnowError('CONFIG_INVALID', `${name} is ${value}, not a whole number from 1`, {
      where: `train.${name}`,
      next: 'Correct it.',
    });
  }
  requireEqualParts({ batch, accumulate }, 'train.accumulate');
  checkOptimizer(settings);
  // Also where a method has none, and would not look.
  requireMethodSettings(method, options.settings);
  method.checkBatch?.({ ...options, optimizer });
  if (images.count === 0) {
    throw new WinnowError('MISSING_INPUT', 'there are no images to learn from', {
      where: `train ${method.name}`,
      next: 'Collect images and build the data set.',
    });
  }
  requireInputSize(images.size, student.input);
  if (images.classes.length === student.model.classCount) return;
  throw new WinnowError(
    'SHAPE_MISMATCH',
    `the student has ${student.model.classCount} outputs, the data ${images.classes.length} classes`,
    { where: `train ${method.name}`, next: 'Make the student for the classes of the data.' },
  );
}

/** What a number may be, by its name; `below`: the bound itself is not allowed. */
const BOUNDS: Readonly<Record<string, { readonly least: number; readonly most: number; readonly below?: true }>> = {
  learningRate: { least: 0, most: Infinity, below: true },
  momentum: { least: 0, most: 1 },
  weightDecay: { least: 0, most: Infinity, below: true },
  warmUp: { least: 0, most: 1 },
  betas: { least: 0, most: 1, below: true },
  epsilon: { least: 0, most: 1 },
  headRate: { least: 0, most: Infinity, below: true },
  layerDecay: { least: 0, most: 1 },
  ema: { least: 0, most: 1, below: true },
  startShare: { least: 0, most: 1 },
};

/** A rate below 0 would unlearn, and say nothing. */
function checkOptimizer({ schedule, betas, ...settings }: TrainSettings): void {
  const [beta1, beta2] = betas;
  const numbers = [
    ...Object.entries(settings),
    ['warmUp', schedule.warmUp],
    ['betas', beta1],
    ['betas', beta2],
  ] as const;
  for (const [name, value] of numbers) {
    const bounds = BOUNDS[name as string];
    if (bounds === undefined) continue;
    const { least, most, below } = bounds;
    if (typeof value === 'number' && value >= least && (below ? value < most : value <= most)) continue;
    throw new WinnowError('CONFIG_INVALID', `${name} is ${value}`, {
      where: `train.${name}`,
      next: 'Rates are 0 or more, momentum, warmUp, betas, layerDecay, ema and startShare from 0 to 1.',
    });
  }
}

/**
 * Gradient accumulation cuts every batch into so many parts of one size.
 * @param where the number of parts was set
 * @throws WinnowError CONFIG_INVALID
 */
export function requireEqualParts(
  { batch, accumulate }: { readonly batch: number; readonly accumulate: number },
  where: string,
): void {
  if (batch % accumulate === 0) return;
  throw new WinnowError('CONFIG_INVALID', `a batch of ${batch} cannot be cut into ${accumulate} equal parts`, {
    where,
    next: 'Choose a divisor of train.batch.',
  });
}
