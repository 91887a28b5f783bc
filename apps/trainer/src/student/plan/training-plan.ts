import type { ProjectConfig } from '@winnow/config';
import { imagesOfBatch, METHODS, resolveRecipe, stepsPerEpoch, suitsOwnOptimizer } from '@winnow/training';
import type { OptimizerName, PoolCounts, ResolvedRecipe } from '@winnow/training';

type TrainConfig = ProjectConfig['train'];

/** Settings of a training that may be left to winnow, decided. */
export interface ResolvedTraining extends ResolvedRecipe {
  readonly epochs: number;
  /** Views in a step. */
  readonly batch: number;
  readonly learningRate: number;
  readonly weightDecay: number;
  readonly decayNorms: boolean;
  readonly headRate: number;
  readonly layerDecay: number;
  readonly batchNorm: Exclude<TrainConfig['batchNorm'], 'auto'>;
  readonly ema: number;
  readonly startShare: number;
}

/** What a setting was decided by. */
export type Decider =
  /** Project file, flag or environment. */
  | 'project'
  | 'method'
  /** That the student begins with pretrained weights, or with random ones. */
  | 'start'
  | 'architecture'
  /** How many images there are. */
  | 'pool'
  | 'default';

/** What of a project's `train` decides a plan. */
export type PlannedTrain = Pick<TrainConfig, 'method' | 'accumulate' | 'settings'> & {
  readonly [Key in keyof ResolvedTraining]?: TrainConfig[Key] | undefined;
};

export interface TrainingFacts {
  /** Architecture of the student. */
  readonly model: string;
  /** The student begins with `student.weights`. */
  readonly isPretrained: boolean;
  /** Its classifier begins at random all the same. */
  readonly hasRandomHead?: boolean;
  /** It begins with every weight of its teacher, a network of its own architecture. */
  readonly startsAsTeacher?: boolean;
  /** What it learns from: images held out for measuring are not among them. */
  readonly pool: PoolCounts;
}

/** How a student will be trained, before its first step. */
export interface TrainingPlan {
  readonly settings: ResolvedTraining;
  readonly decidedBy: Readonly<Record<keyof ResolvedTraining, Decider>>;
  /** Views of each image in a batch. */
  readonly viewsPerImage: number;
  readonly stepsPerEpoch: number;
  /** Updates of the weights in all. */
  readonly steps: number;
}

interface Decision<T> {
  readonly value: T;
  readonly by: Decider;
}

/** How batch and epochs follow from the number of images. */
interface LengthRule {
  /** From the usual one down to the smallest that is tried. */
  readonly batches: readonly number[];
  /** The usual number, and the most. */
  readonly epochs: readonly [usual: number, most: number];
  /** Updates, counted by one view of each image, below which the usual batch and epochs are not kept. */
  readonly fewSteps: number;
  /** Updates that smaller batches and more epochs are to give then. */
  readonly steps: number;
}

const LENGTHS: Readonly<Record<'pretrained' | 'random', LengthRule>> = {
  pretrained: { batches: [64, 32], epochs: [10, 20], fewSteps: 300, steps: 300 },
  random: { batches: [128, 64, 32], epochs: [30, 60], fewSteps: 500, steps: 1000 },
};

/**
 * Every setting of a training with who decided it, and how many updates come of it: pure, so that it can be told, and
 * refused, before anything is made. A random start with enough images trains as winnow always did; a pretrained one is
 * fine-tuned (docs/training.md says how its recipe was found).
 */
export function trainingPlan(train: PlannedTrain, facts: TrainingFacts): TrainingPlan {
  const method = METHODS[train.method];
  const optimiser = optimiserOf(train, facts);
  const length = lengthOf(train, facts, optimiser.optimizer.value);
  const decisions = { ...recipeOf(train, facts), ...length, ...optimiser };
  // Smaller batches see noisier gradients: the rate falls with them (Goyal et al. 2017), unless a person set either.
  const { learningRate, batch } = decisions;
  const usual = LENGTHS[facts.isPretrained ? 'pretrained' : 'random'].batches[0] as number;
  const isScaled = learningRate.by !== 'project' && batch.by === 'pool' && decisions.optimizer.value !== 'adamw';
  const scaled = isScaled ? { value: (learningRate.value * batch.value) / usual, by: 'pool' as const } : learningRate;
  const entries = Object.entries({ ...decisions, learningRate: scaled });
  const settings = Object.fromEntries(entries.map(([name, { value }]) => [name, value])) as unknown as ResolvedTraining;
  const decidedBy = Object.fromEntries(entries.map(([name, { by }]) => [name, by])) as TrainingPlan['decidedBy'];
  const { optimizer } = settings;
  const asked = {
    batch: settings.batch,
    accumulate: train.accumulate,
    settings: train.settings?.[train.method],
    optimizer,
  };
  const viewsPerImage = method.viewsOf?.(asked) ?? 1;
  const perEpoch = stepsPerEpoch(method, facts.pool, asked);
  return { settings, decidedBy, viewsPerImage, stepsPerEpoch: perEpoch, steps: perEpoch * settings.epochs };
}

function choose<T>(asked: T | 'auto' | undefined, value: T, by: Decider): Decision<T> {
  return asked === undefined || asked === 'auto' ? { value, by } : { value: asked, by: 'project' };
}

/** Batch and epochs that give enough updates, as far as the rule goes. */
function lengthOf(train: PlannedTrain, { isPretrained, pool }: TrainingFacts, optimizer: OptimizerName) {
  const { epochs = 'auto', batch = 'auto' } = train;
  const rule = LENGTHS[isPretrained ? 'pretrained' : 'random'];
  const [usualEpochs, maxEpochs] = rule.epochs;
  const [usualBatch] = rule.batches as [number];
  const by = (isChanged: boolean): Decider => (isChanged ? 'pool' : isPretrained ? 'start' : 'default');
  const passed = (epochs === 'auto' ? usualEpochs : epochs) * pool.count;
  const isFew = passed / (batch === 'auto' ? usualBatch : batch) < rule.fewSteps;
  const size = isFew ? batchFor(rule, passed) : usualBatch;
  const chosenBatch = choose(batch, toUnits(size, train, optimizer), by(size !== usualBatch));
  const enough = Math.ceil((rule.steps * chosenBatch.value) / Math.max(1, pool.count));
  const length = isFew ? Math.min(maxEpochs, Math.max(usualEpochs, enough)) : usualEpochs;
  return { batch: chosenBatch, epochs: choose(epochs, length, by(length !== usualEpochs)) };
}

/** The largest batch that gives enough updates, else the smallest. @param passed images in all epochs */
function batchFor({ batches, steps }: LengthRule, passed: number): number {
  return batches.find((size) => passed / size >= steps) ?? (batches.at(-1) as number);
}

/** A batch of whole images that can be cut into equal parts: this one where hardly anything of it is lost. */
function toUnits(size: number, { method, accumulate, settings }: PlannedTrain, optimizer: OptimizerName): number {
  const asked = { batch: size, accumulate, settings: settings?.[method], optimizer };
  const views = METHODS[method].viewsOf?.(asked) ?? 1;
  if (size % accumulate === 0 && imagesOfBatch(asked, views) * views >= FILLED * size) return size;
  const unit = accumulate * views;
  return Math.ceil(size / unit) * unit;
}

/** Share of a batch that whole images in equal parts have to fill. */
const FILLED = 0.9;

/** Networks with layer normalisation and attention, or made like those: SGD does not train them well. */
function isTransformerLike(model: string): boolean {
  return /^(vit|deit|convnext)/.test(model);
}

/** Rates and decays by optimiser, start and kind of network. */
function usualRates(optimizer: OptimizerName, isPretrained: boolean, isLike: boolean) {
  if (optimizer !== 'adamw') return { rate: isPretrained ? 0.01 : 0.1, decay: 5e-4 };
  if (!isLike) return { rate: isPretrained ? 3e-4 : 1e-3, decay: 0.01 };
  return { rate: isPretrained ? 5e-4 : 1e-3, decay: 0.05 };
}

/** What keeps a pretrained student near to what it knew. */
function startRules(train: PlannedTrain, { isPretrained, hasRandomHead = false }: TrainingFacts) {
  const by: Decider = isPretrained ? 'start' : 'default';
  // Statistics of a small pool, noise and all, are worse than those that the weights came with.
  const usual = isPretrained ? 'fixed-statistics' : 'train';
  const batchNorm = choose<ResolvedTraining['batchNorm']>(train.batchNorm, usual, by);
  // Running statistics that moved belong to the weights that moved them, not to what lies between; and of a classifier or
  // projector that began at random nothing is to be kept.
  const isWhole = !hasRandomHead && METHODS[train.method].studentModel === undefined;
  const keepsStart = isPretrained && isWhole && batchNorm.value !== 'train';
  return {
    batchNorm,
    ema: choose(train.ema, isPretrained ? 0.99 : 0, by),
    startShare: choose(train.startShare, keepsStart ? 0.5 : 0, by),
  };
}

/** Of a student that begins as its teacher: at the usual rate it forgets within an epoch what it began with. */
const WHOLE_TEACHER_RATE = 0.02;

function optimizerOf(train: PlannedTrain, facts: TrainingFacts): Decision<OptimizerName> {
  const { model, isPretrained, startsAsTeacher = false } = facts;
  if (isPretrained) return choose(train.optimizer, 'adamw', 'start');
  if (isTransformerLike(model)) return choose(train.optimizer, 'adamw', 'architecture');
  const { optimizer } = resolveRecipe(METHODS[train.method]);
  const { batchNorm } = startRules(train, facts);
  if (optimizer === 'sgd') return choose(train.optimizer, optimizer, 'default');
  if (suitsOwnOptimizer({ ...facts, batchNorm: batchNorm.value })) return choose(train.optimizer, optimizer, 'method');
  return choose(train.optimizer, 'sgd', startsAsTeacher ? 'start' : 'architecture');
}

function optimiserOf(train: PlannedTrain, facts: TrainingFacts) {
  const { model, isPretrained, startsAsTeacher = false } = facts;
  const isLike = isTransformerLike(model);
  const by: Decider = isPretrained ? 'start' : isLike ? 'architecture' : 'default';
  const optimizer = optimizerOf(train, facts);
  const { rate, decay } = usualRates(optimizer.value, isPretrained, isLike);
  const keepsTeacher = startsAsTeacher && !isPretrained && optimizer.value !== 'adamw';
  const isTuned = isPretrained && isLike;
  return {
    optimizer,
    learningRate: choose(train.learningRate, keepsTeacher ? WHOLE_TEACHER_RATE : rate, keepsTeacher ? 'start' : by),
    weightDecay: choose(train.weightDecay, decay, by),
    decayNorms: choose(train.decayNorms, optimizer.value !== 'adamw' && !isPretrained, by),
    headRate: choose(train.headRate, 1, 'default'),
    layerDecay: choose(train.layerDecay, isTuned ? 0.75 : 1, isTuned ? 'architecture' : 'default'),
    ...startRules(train, facts),
  };
}

/** Share of all steps in which the rate rises: pretrained weights, and AdamW's young moments, take no full step. */
const WARM_UP = 0.1;

function recipeOf(train: PlannedTrain, { model, isPretrained }: TrainingFacts) {
  const { schedule, nesterov, warmUp } = resolveRecipe(METHODS[train.method]);
  const warms = isPretrained || isTransformerLike(model);
  return {
    schedule: choose(train.schedule, schedule, 'method'),
    nesterov: choose(train.nesterov, nesterov, 'method'),
    warmUp: choose(train.warmUp, warms ? Math.max(warmUp, WARM_UP) : warmUp, warms ? 'start' : 'method'),
  };
}
