import path from 'node:path';
import { type OptionSpec, WinnowError } from '@winnow/contracts';
import type { TeacherFlags, ZeroShotFlags } from './import-job';

/** Least of what divides or is multiplied by. */
const MIN_NUMBER = 1e-6;

export const ZERO_SHOT_OPTIONS: readonly OptionSpec[] = [
  {
    flags: '--zero-shot <file>',
    description:
      'text embeddings of class names (safetensors): the model is the image tower of CLIP, SigLIP or the like',
    type: 'string',
  },
  { flags: '--embedding <name>', description: 'its output with the image embeddings (--zero-shot)', type: 'string' },
  {
    flags: '--logit-scale <number>',
    description: 'what it multiplies cosines by; CLIP: 100 (--zero-shot)',
    type: 'number',
    min: MIN_NUMBER,
  },
  {
    flags: '--temperature <number>',
    description: 'divides the logits; default: fitted to labelled images of --check, else 1 (--zero-shot)',
    type: 'number',
    min: MIN_NUMBER,
  },
  {
    flags: '--noisy-labels',
    description:
      'folders of --check are search terms, so some labels are wrong: fit it to their agreement (--zero-shot)',
    type: 'boolean',
  },
];

/** @throws WinnowError USAGE for flags that need `--zero-shot`, or that it leaves without use */
export function readZeroShotFlags(
  options: Readonly<Record<string, unknown>>,
  flags: TeacherFlags,
  cwd: string,
): ZeroShotFlags | undefined {
  const [text, embedding, logitScale, temperature] = ['zeroShot', 'embedding', 'logitScale', 'temperature'].map(
    (key) => options[key],
  );
  const isNoisy = options['noisyLabels'] === true;
  if (text === undefined) {
    const alone = { '--embedding': embedding, '--logit-scale': logitScale, '--temperature': temperature };
    refuse({ ...alone, '--noisy-labels': isNoisy || undefined }, 'without --zero-shot');
    return undefined;
  }
  const { model, logits, features, featureMap, featureMapLayout, probabilities, logitsOnly } = flags;
  const unused = { '--model': model, '--logits': logits, '--features': features, '--feature-map': featureMap };
  const more = { '--feature-map-layout': featureMapLayout, '--probabilities': probabilities || undefined };
  refuse({ ...unused, ...more, '--logits-only': logitsOnly || undefined }, 'with --zero-shot');
  return {
    text: path.resolve(cwd, text as string),
    embedding: embedding as string | undefined,
    logitScale: logitScale as number | undefined,
    temperature: temperature as number | undefined,
    labels: isNoisy ? 'noisy' : 'right',
  };
}

function refuse(flags: Readonly<Record<string, unknown>>, when: string): void {
  const given = Object.entries(flags).flatMap(([flag, value]) => (value === undefined ? [] : [flag]));
  if (given.length === 0) return;
  throw new WinnowError('USAGE', `${given.join(', ')}: of no use ${when}`, {
    where: given[0] as string,
    next: 'Leave them out.',
  });
}
