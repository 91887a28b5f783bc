import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { loadProject } from '@winnow/config';
import { WinnowError } from '@winnow/contracts';
import type { CommandIo, StudioPrediction, StudioRuns } from '@winnow/contracts';
import { listLabelledFiles } from '@winnow/shards';
import { median } from '../harness/figures';
import { WINNOW } from '../harness/workspace';
import { startStudioProcess } from '../studio/studio-process';

interface BrowserComparison {
  /** Project file. */
  readonly file: string;
  /** Undefined: the newest that has finished. */
  readonly run: string | undefined;
  readonly images: number;
}

/** Check 31 of the design. */
const MAX_DIFFERENCE = 1e-3;
const MAX_OTHER_CLASSES_OF_500 = 1;
const MAX_OUTPUT_BYTES = 1 << 28;
const MAX_CLASSES = 1_000_000;

interface BrowserAnswers {
  readonly backend: string;
  readonly classes: readonly string[];
  readonly logits: readonly (readonly number[])[];
  readonly millis: readonly number[];
}

/** Has Chromium and `winnow predict` answer the same test images. */
export async function compareInBrowser({ file, run, images }: BrowserComparison, io: CommandIo) {
  const config = await loadProject(file, { cwd: io.cwd, env: io.env });
  if (config.evaluate.test === undefined) {
    throw new WinnowError('MISSING_INPUT', 'The project names no test images', { where: file });
  }
  const list = await listLabelledFiles(path.resolve(config.paths.root, config.evaluate.test));
  const count = Math.min(images, list.length);
  const indices = Array.from({ length: count }, (_, at) => Math.floor((at * list.length) / count));
  const folder = mkdtempSync(path.join(tmpdir(), 'winnow-bench-try-'));
  const studio = await startStudioProcess(file, io.signal);
  try {
    const { runs } = JSON.parse((await studio.get('/api/runs')).toString()) as StudioRuns;
    const chosen = runs.find(({ isFinished, name }) => isFinished && (run === undefined || name === run));
    if (chosen === undefined) throw new WinnowError('MISSING_INPUT', 'There is no such finished run', { where: file });
    const paths = await Promise.all(
      indices.map(async (index, at) => {
        // Its bytes say what they are.
        const image = path.join(folder, `${String(at).padStart(5, '0')}.jpg`);
        writeFileSync(image, (await list[index]?.read()) ?? '');
        return image;
      }),
    );
    io.log(`${chosen.name}: ${count} of ${list.length} test images in Chromium`);
    const script = path.join(__dirname, 'ask-browser.mjs');
    const browser = JSON.parse(
      await outputOf([script, studio.link, chosen.id, indices.join(',')], io.signal),
    ) as BrowserAnswers;
    io.log('the same by winnow predict');
    const runFolder = path.join(config.paths.runs, chosen.name);
    const said = await outputOf([WINNOW, 'predict', runFolder, ...paths, `--top=${MAX_CLASSES}`, '--json'], io.signal);
    const { results } = JSON.parse(said) as { readonly results: readonly StudioPrediction[] };
    return { run: chosen.name, images: count, ...compare(browser, results) };
  } finally {
    await studio.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function compare({ backend, classes, logits, millis }: BrowserAnswers, results: readonly StudioPrediction[]) {
  const rows = logits.map((row, at) => {
    const shares = softmax(row);
    const known = results[at]?.predictions ?? [];
    const byName = new Map(known.map(({ className, probability }) => [className, probability]));
    const differences = classes.map((name, index) => Math.abs((shares[index] as number) - (byName.get(name) ?? NaN)));
    return {
      difference: Math.max(...differences),
      isSame: classes[shares.indexOf(Math.max(...shares))] === known[0]?.className,
    };
  });
  const largestDifference = Math.max(...rows.map(({ difference }) => difference));
  const sameClass = rows.filter(({ isSame }) => isSame).length;
  const isHeld =
    largestDifference <= MAX_DIFFERENCE && rows.length - sameClass <= (rows.length / 500) * MAX_OTHER_CLASSES_OF_500;
  return { backend, sameClass, largestDifference, medianMillis: median([...millis]), isHeld };
}

function softmax(logits: readonly number[]): readonly number[] {
  const largest = Math.max(...logits);
  const weights = logits.map((value) => Math.exp(value - largest));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

async function outputOf(argumentList: readonly string[], signal: AbortSignal): Promise<string> {
  const options = { maxBuffer: MAX_OUTPUT_BYTES, signal };
  return (await promisify(execFile)(process.execPath, [...argumentList], options)).stdout;
}
