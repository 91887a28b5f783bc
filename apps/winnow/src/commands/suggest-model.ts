import { WinnowError } from '@winnow/contracts';

/** A line of `winnow models --json`. */
export interface OfferedModel {
  readonly name: string;
  readonly size: number;
  /** Side of the images that it was published for, pixels. */
  readonly ownSize: number;
  readonly parameters: number;
  readonly multiplyAdds: number;
  readonly origin: { readonly pretrained: string; readonly imageNetTop1: number } | null;
  readonly millis: { readonly batch1: number } | null;
}

/** Most that a student may cost; what is left out is not limited. */
export interface ModelBudget {
  readonly parameters?: number | undefined;
  readonly multiplyAdds?: number | undefined;
  /** Of its weights in a file, 32-bit floats. */
  readonly bytes?: number | undefined;
  /** Of inference on this machine, one image at a time. */
  readonly millis?: number | undefined;
}

type Cost = keyof ModelBudget;

const UNITS: Readonly<Record<Cost, string>> = {
  parameters: 'parameters',
  multiplyAdds: 'multiply-adds',
  bytes: 'bytes',
  millis: 'ms an image',
};
const FLAGS: Readonly<Record<Cost, string>> = {
  parameters: '--max-parameters',
  multiplyAdds: '--max-multiply-adds',
  bytes: '--max-bytes',
  millis: '--max-millis',
};
const FLOAT_BYTES = 4;

export interface Suggestion {
  readonly model: OfferedModel;
  /** The next best that fit, best first. */
  readonly runnersUp: readonly OfferedModel[];
}

/**
 * The architecture that promises most within a budget: of those for images of about this size, the one whose published
 * weights do best on ImageNet; where none has any, the one that computes most.
 * @param size side of the images, pixels
 * @throws WinnowError USAGE where none fits, naming the nearest
 */
export function suggestModel(
  offered: readonly OfferedModel[],
  { size, budget }: { readonly size: number; readonly budget: ModelBudget },
): Suggestion {
  const [model, ...rest] = fittingModels(offered, { size, budget });
  return { model: model as OfferedModel, runnersUp: rest.slice(0, 2) };
}

/**
 * Those within a budget that are for images of about this size, the most promising first.
 * @throws WinnowError USAGE where none fits, naming the nearest
 */
export function fittingModels(
  offered: readonly OfferedModel[],
  { size, budget }: { readonly size: number; readonly budget: ModelBudget },
): readonly OfferedModel[] {
  const distance = ({ ownSize }: OfferedModel): number => Math.abs(Math.log(ownSize / size));
  const nearest = Math.min(...offered.map(distance));
  const suitable = offered.filter((model) => distance(model) === nearest);
  const limits = Object.entries(budget).filter(([, limit]) => limit !== undefined) as [Cost, number][];
  const fitting = suitable.filter((model) => limits.every(([cost, limit]) => costOf(model, cost) <= limit));
  fitting.sort((a, b) => merit(b) - merit(a) || b.multiplyAdds - a.multiplyAdds);
  if (fitting.length > 0) return fitting;
  const [cost, limit] = limits.find(([one, most]) => suitable.every((other) => costOf(other, one) > most)) ?? [];
  const [smallest] = cost === undefined ? [] : [...suitable].sort((a, b) => costOf(a, cost) - costOf(b, cost));
  throw new WinnowError('USAGE', `No architecture for images of ${size} px is within that budget`, {
    where: cost === undefined ? Object.values(FLAGS).join(', ') : FLAGS[cost],
    next:
      cost === undefined || smallest === undefined
        ? 'Each limit can be met, but not all at once: raise one of them.'
        : `The smallest, ${smallest.name}, takes ${text(costOf(smallest, cost))} ${UNITS[cost]}, not ${text(limit ?? 0)}.`,
  });
}

const merit = ({ origin }: OfferedModel): number => origin?.imageNetTop1 ?? 0;

function costOf({ parameters, multiplyAdds, millis }: OfferedModel, cost: Cost): number {
  if (cost === 'bytes') return FLOAT_BYTES * parameters;
  if (cost === 'millis') return millis?.batch1 ?? Infinity;
  return cost === 'parameters' ? parameters : multiplyAdds;
}

/** Why it was chosen, and what came next. */
export function describeSuggestion({ model, runnersUp }: Suggestion): string[] {
  const why =
    model.origin === null
      ? 'of those within the budget it computes most'
      : `of those within the budget its published weights do best on ImageNet (${model.origin.imageNetTop1} %)`;
  return [
    `Student: ${model.name}, ${costs(model)}: ${why}.`,
    ...(model.origin === null
      ? []
      : [`Pretrained weights, for student.weights: ${model.origin.pretrained}. Without them it begins at random.`]),
    ...runnersUp.map((other) => `Next: ${other.name}, ${costs(other)}.`),
  ];
}

function costs(model: OfferedModel): string {
  const { parameters, multiplyAdds, millis, size } = model;
  return [
    `${text(parameters)} parameters (${text(costOf(model, 'bytes'))} bytes)`,
    `${text(multiplyAdds)} multiply-adds at ${size} px`,
    ...(millis === null ? [] : [`${millis.batch1.toPrecision(3)} ms an image`]),
  ].join(', ');
}

/** 472 thousand, 3.50 million; three digits. */
function text(count: number): string {
  if (count >= 1e6) return `${Number((count / 1e6).toPrecision(3))} million`;
  return count >= 1e4 ? `${Number((count / 1e3).toPrecision(3))} thousand` : String(Number(count.toPrecision(3)));
}
