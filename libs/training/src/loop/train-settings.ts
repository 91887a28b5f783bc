import { type IdentityRoles, settingsOfRoles } from '@winnow/contracts';
import { DEFAULT_AUGMENT } from '../augment/augment-options';
import type { Method } from '../method';
import { startsAsTeacher } from '../student/start-from-teacher';
import type { OptimizerName, OptimizerSettings } from './optimizer';
import type { ScheduleName } from './schedule';
import type { TrainOptions, TrainRequest } from './train-options';
import type { TrainingStateSettings } from './training-state';

/** Of every run that does not say otherwise. */
const TRAIN_DEFAULTS = {
  learningRate: 0.1,
  momentum: 0.9,
  weightDecay: 5e-4,
  accumulate: 1,
  augment: DEFAULT_AUGMENT,
};

/**
 * Settings that earlier versions did not have, at what was the only way then: a run that has them so is the same run as
 * before.
 */
export const FINE_TUNING_DEFAULTS = {
  optimizer: 'sgd' as OptimizerName,
  betas: [0.9, 0.999] as readonly [number, number],
  epsilon: 1e-8,
  headRate: 1,
  layerDecay: 1,
  decayNorms: true,
  batchNorm: 'train' as NonNullable<TrainOptions['batchNorm']>,
  ema: 0,
  startShare: 0,
};

export type FineTuning = typeof FINE_TUNING_DEFAULTS;

/** Of these settings, what differs from how every run once was. */
export function distinctFineTuning(settings: Partial<FineTuning>): Partial<FineTuning> {
  const isUsual = ([name, value]: readonly [string, unknown]): boolean =>
    JSON.stringify(value) === JSON.stringify(FINE_TUNING_DEFAULTS[name as keyof FineTuning]);
  const known = Object.entries(settings).filter(([name]) => Object.hasOwn(FINE_TUNING_DEFAULTS, name));
  return Object.fromEntries(known.filter((entry) => !isUsual(entry)));
}

/** What decides whether a method's own optimiser suits a student. */
export interface StudentFacts {
  /** Architecture. */
  readonly model: string;
  readonly isPretrained: boolean;
  /** It begins with every weight of its teacher; default false. */
  readonly startsAsTeacher?: boolean;
  readonly batchNorm?: TrainOptions['batchNorm'] | undefined;
}

/**
 * Muon was measured on ResNets that begin with random weights or as a part of their teacher, and needs normalisations that
 * learn. WRN's sums come before theirs, so that lengths of kernels count.
 */
export function suitsOwnOptimizer({ model, isPretrained, startsAsTeacher = false, batchNorm }: StudentFacts): boolean {
  return model.startsWith('resnet') && !isPretrained && !startsAsTeacher && (batchNorm ?? 'train') === 'train';
}

/** The run's settings, else the method's, else the usual ones. */
export function trainSettingsOf({ method, options, student, teacher }: TrainRequest) {
  const { name, warmUp } = options.schedule ?? {};
  const { nesterov, batchNorm, settings = {} } = options;
  const recipe = resolveRecipe(method, { schedule: name, warmUp, nesterov, optimizer: options.optimizer });
  const schedule = { ...options.schedule, name: recipe.schedule, warmUp: recipe.warmUp };
  const model = student.model.name;
  const isSuited = suitsOwnOptimizer({
    ...{ model, isPretrained: student.start !== undefined, batchNorm },
    startsAsTeacher: startsAsTeacher(method, settings, { model, teacher }),
  });
  const optimizer = options.optimizer ?? (isSuited ? recipe.optimizer : FINE_TUNING_DEFAULTS.optimizer);
  const own = { nesterov: recipe.nesterov, optimizer, schedule };
  return { ...TRAIN_DEFAULTS, ...FINE_TUNING_DEFAULTS, ...options, ...own };
}

export type TrainSettings = ReturnType<typeof trainSettingsOf>;

export function stateSettingsOf({ optimizer: name, ...settings }: TrainSettings): TrainingStateSettings {
  const { momentum, nesterov, betas, epsilon, weightDecay, headRate, layerDecay, decayNorms } = settings;
  const optimizer: OptimizerSettings = { name, momentum, nesterov, betas, epsilon, weightDecay };
  return { optimizer, headRate, layerDecay, decayNorms, ema: settings.ema, startShare: settings.startShare };
}

const IDENTITY_ROLES: IdentityRoles<TrainSettings> = {
  epochs: 'result',
  batch: 'result',
  seed: 'varied',
  learningRate: 'result',
  momentum: 'result',
  nesterov: 'result',
  weightDecay: 'result',
  optimizer: 'result',
  betas: 'result',
  epsilon: 'result',
  headRate: 'result',
  layerDecay: 'result',
  decayNorms: 'result',
  batchNorm: 'result',
  ema: 'result',
  startShare: 'result',
  augment: 'result',
  accumulate: 'result',
  settings: 'result',
  schedule: 'result',
  evaluateEvery: 'none',
  checkpointEverySteps: 'none',
};

/** What of the settings decides the course of a run, by name. */
export function courseOf(settings: TrainSettings): readonly (readonly [string, unknown])[] {
  const course = settingsOfRoles(settings, IDENTITY_ROLES, ['result', 'varied']);
  const distinct = distinctFineTuning(course);
  return (
    Object.entries(course)
      // No settings at all are the same as none that differ.
      .filter(([name, value]) => name !== 'settings' || Object.keys(value as object).length > 0)
      .filter(([name]) => !Object.hasOwn(FINE_TUNING_DEFAULTS, name) || Object.hasOwn(distinct, name))
      .sort()
  );
}

/** Settings of the optimiser that a method may have of its own. */
export interface ResolvedRecipe {
  readonly schedule: ScheduleName;
  /** Of students that it suits. */
  readonly optimizer: OptimizerName;
  readonly nesterov: boolean;
  /** Length of a linear rise of the learning rate at the start, as a share of all steps, 0..1. */
  readonly warmUp: number;
}

/** What a run asks for, else the method's, else the usual ones. */
export function resolveRecipe(
  { schedule, recipe = {} }: Pick<Method, 'schedule' | 'recipe'>,
  asked: { readonly [K in keyof ResolvedRecipe]?: ResolvedRecipe[K] | undefined } = {},
): ResolvedRecipe {
  return {
    schedule: asked.schedule ?? schedule,
    optimizer: asked.optimizer ?? recipe.optimizer ?? FINE_TUNING_DEFAULTS.optimizer,
    nesterov: asked.nesterov ?? recipe.nesterov ?? false,
    warmUp: asked.warmUp ?? recipe.warmUp ?? 0,
  };
}
