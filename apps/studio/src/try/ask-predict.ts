import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Semaphore, WinnowError } from '@winnow/contracts';
import type { StudioPrediction } from '@winnow/contracts';
import type { WinnowProgram } from '../steps/winnow-program';

/** Of one start of `winnow predict`. */
const ANSWER_MILLIS = 60_000;
const MAX_ANSWER_BYTES = 16 << 20;
const MAX_CLASSES = 1_000_000;
const turns = new Semaphore(1);

/** What `winnow predict --json` prints. */
interface PredictOutput {
  readonly results?: readonly (Partial<StudioPrediction> & { readonly error?: string })[];
}

/**
 * Asks the program itself about one image, which it reads from its standard input: no file is written.
 * @param folder of a run
 * @throws WinnowError IMAGE_UNREADABLE, INTERNAL where the program fails, INTERRUPTED
 */
export function askPredict(
  program: WinnowProgram,
  { folder, image, signal }: { readonly folder: string; readonly image: Buffer; readonly signal: AbortSignal },
): Promise<StudioPrediction> {
  return turns.run(async () => {
    const { stdout, stderr } = await runPredict(program, folder, { image, signal });
    const [result] = (parse(stdout)?.results ?? []) as NonNullable<PredictOutput['results']>;
    if (result?.predictions !== undefined) return { predictions: result.predictions };
    if (result?.error !== undefined) throw new WinnowError('IMAGE_UNREADABLE', `winnow: ${result.error}`);
    const said = stderr.trim().split('\n').at(-1) ?? '';
    throw new WinnowError('CONFIG_INVALID', `\`winnow predict\` gave no answer: ${said.slice(0, 500)}`);
  }, 1, signal); // prettier-ignore
}

async function runPredict(
  { executable, before, cwd }: WinnowProgram,
  folder: string,
  { image, signal }: { readonly image: Buffer; readonly signal: AbortSignal },
): Promise<{ readonly stdout: string; readonly stderr: string }> {
  const late = AbortSignal.any([AbortSignal.timeout(ANSWER_MILLIS), signal]);
  const child = spawn(executable, [...before, 'predict', folder, '-', `--top=${MAX_CLASSES}`, '--json'], {
    cwd,
    shell: false,
    stdio: ['pipe', 'pipe', 'pipe'],
    signal: late,
  });
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      if (said[name].length < MAX_ANSWER_BYTES) said[name] += text;
    });
  }
  // It may end before it has read everything.
  child.stdin.on('error', () => undefined);
  child.stdin.end(image);
  try {
    await once(child, 'close');
  } catch (cause) {
    if (signal.aborted) throw new WinnowError('INTERRUPTED', 'The studio ends');
    throw new WinnowError('RESOURCE_LIMIT', '`winnow predict` did not answer in a minute', { cause });
  }
  return said;
}

function parse(text: string): PredictOutput | null {
  try {
    return JSON.parse(text) as PredictOutput;
  } catch {
    return null;
  }
}
