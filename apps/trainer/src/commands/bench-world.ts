import path from 'node:path';
import { METHOD_NAMES, type MethodName, SPLIT_NAMES, type SplitName, WinnowError } from '@winnow/contracts';
import type { CommandSpec, JsonValue } from '@winnow/contracts';
import { percentText } from '@winnow/runs';
import type { OptimiserSettings } from '../measure/world-plan';
import type { WorldMeasures } from '../measure/measure-world';
import { engineOption } from './engine-option';
import { askedReview, describeReview, reviewOptions } from './review-options';
import { batchOption, epochsOption } from './training-length-options';

type SettingCheck = (value: number | string | boolean) => boolean;
const isRate: SettingCheck = (value) => typeof value === 'number' && value >= 0;
const isFraction: SettingCheck = (value) => isRate(value) && Number(value) <= 1;
const isSwitch: SettingCheck = (value) => typeof value === 'boolean';
const isOneOf =
  (...names: readonly string[]): SettingCheck =>
  (value) =>
    names.includes(String(value));
/** Settings of the optimiser, and what values they may have. */
const TRAIN_SETTINGS: Readonly<Record<string, SettingCheck>> = {
  optimizer: isOneOf('sgd', 'adamw', 'muon'),
  learningRate: isRate,
  momentum: isFraction,
  nesterov: isSwitch,
  weightDecay: isRate,
  decayNorms: isSwitch,
  headRate: isRate,
  layerDecay: isFraction,
  batchNorm: isOneOf('train', 'fixed-statistics', 'frozen'),
  ema: isFraction,
  startShare: isFraction,
  warmUp: isFraction,
};
const TRAIN_SETTING_NAMES = Object.keys(TRAIN_SETTINGS).join(', ');

export const benchWorldCommand: CommandSpec = {
  name: 'world',
  summary: 'Train a student on a world of known truth and measure split and student',
  arguments: [{ name: 'world', description: 'folder with a world.json', required: true }],
  options: [
    { flags: '--method <name>', description: 'how the student learns', type: 'string', choices: METHOD_NAMES, default: 'winnow' }, // prettier-ignore
    { flags: '--seed <n>', description: 'seed of weights and batches', type: 'integer', min: 0, default: 1 },
    epochsOption,
    batchOption,
    { flags: '--student <name>', description: "architecture (default: the world's, else resnet8)", type: 'string' },
    { flags: '--student-weights <file>', description: 'pretrained safetensors that it begins with', type: 'string' },
    { flags: '--student-head <how>', description: 'how its new classifier begins then', type: 'string', choices: ['fitted', 'random'], default: 'fitted' }, // prettier-ignore
    { flags: '--split <name>', description: "how the pool is split (default: the method's own)", type: 'string', choices: SPLIT_NAMES }, // prettier-ignore
    { flags: '--schedule <name>', description: "of the learning rate (default: the method's own)", type: 'string', choices: ['cosine', 'steps'] }, // prettier-ignore
    { flags: '--oracle', description: 'give the method the true split: a bound', type: 'boolean' },
    ...reviewOptions,
    { flags: '--set <name=value>', description: 'a setting of the method (docs/method.md lists them); may be given again', type: 'repeated' }, // prettier-ignore
    { flags: '--train <name=value>', description: `a setting of the optimiser: ${TRAIN_SETTING_NAMES}`, type: 'repeated' }, // prettier-ignore
    { flags: '--hold-out', description: 'keep a tenth of the pool (2,000 images at most) from training and measure on it, without true labels', type: 'boolean' }, // prettier-ignore
    { flags: '--checkpoint <folder>', description: 'keep checkpoints in this folder and go on from the last one', type: 'string' }, // prettier-ignore
    { ...engineOption, default: 'auto' },
  ],
  examples: [
    'winnow bench world worlds/web7 --method winnow --seed 1 --epochs 20 --json',
    'winnow bench world worlds/web7 --method ce --review 1000 --review-by doubt --review-error 0.03',
  ],
  async run({ arguments: given, options }, io) {
    const { measureWorld } = await import('../measure/measure-world');
    const result = await measureWorld(
      {
        source: path.resolve(io.cwd, String(given['world'])),
        method: options['method'] as MethodName,
        seed: Number(options['seed']),
        epochs: options['epochs'] as number | undefined,
        batch: options['batch'] as number | undefined,
        student: options['student'] as string | undefined,
        studentWeights: options['studentWeights'] as string | undefined,
        head: options['studentHead'] as 'random' | undefined,
        split: options['split'] as SplitName | undefined,
        schedule: options['schedule'] as 'cosine' | undefined,
        oracle: options['oracle'] === true,
        review: askedReview(options),
        settings: Object.fromEntries(
          ((options['set'] ?? []) as readonly string[]).map((text) => setting(text, '--set')),
        ),
        train: trainSettings((options['train'] ?? []) as readonly string[]),
        holdOut: options['holdOut'] === true,
        checkpoint: options['checkpoint'] === undefined ? undefined : path.resolve(io.cwd, String(options['checkpoint'])), // prettier-ignore
      },
      options['engine'] as 'auto',
      io,
    );
    return { exitCode: 0, json: result as unknown as Record<string, JsonValue>, text: resultText(result) };
  },
};

/** `name=value`; numbers and true or false are taken as such. */
function setting(text: string, where: string): readonly [string, number | string | boolean] {
  const at = text.indexOf('=');
  if (at < 1) {
    throw new WinnowError('USAGE', `Not NAME=VALUE: ${JSON.stringify(text)}`, { where, next: 'Correct it.' });
  }
  const value = text.slice(at + 1);
  if (value === 'true' || value === 'false') return [text.slice(0, at), value === 'true'];
  return [text.slice(0, at), value.trim() !== '' && Number.isFinite(Number(value)) ? Number(value) : value];
}

function trainSettings(texts: readonly string[]): OptimiserSettings {
  const settings = Object.fromEntries(texts.map((text) => setting(text, '--train')));
  for (const [name, value] of Object.entries(settings)) {
    const isAllowed = Object.hasOwn(TRAIN_SETTINGS, name) ? TRAIN_SETTINGS[name] : undefined;
    if (isAllowed?.(value)) continue;
    const problem = isAllowed ? `${name} cannot be ${JSON.stringify(value)}` : `No setting of the optimiser: ${name}`;
    throw new WinnowError('USAGE', problem, {
      where: '--train',
      next: `There are ${TRAIN_SETTING_NAMES}: numbers from 0 or to 1, true or false, or names (docs/training.md).`,
    });
  }
  return settings;
}

function resultText({ world, method, oracle, seed, epochs, split, ...result }: WorldMeasures): string[] {
  return [
    `${world}: ${result.student} by ${method}${oracle ? ' with the true split' : ''}, seed ${seed}, ${epochs} epochs: ${percentText(result.accuracy)} (teacher ${percentText(result.teacher)})`,
    `${result.seconds.toFixed(0)} s, ${result.imagesSeen} images seen, ${result.imagesPerEpoch} an epoch, ${Math.round(result.peakMemoryBytes / 1e6)} MB at most, ${result.engine}`,
    `split ${split.method}: macro-F1 ${percentText(split.macroF1)}, AUROC open ${percentText(split.aurocOpen)}, FPR95 open ${percentText(split.fpr95Open)}, refined labels right ${percentText(result.refinedAccuracy)}`,
    ...(result.review === undefined ? [] : [describeReview(split.method, result.review)]),
  ];
}
