import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { CommandIo, CommandResult, JsonValue } from '@winnow/contracts';
import { writeFileAtomic } from '@winnow/files';
import { defaultCacheDir, startEngine } from '@winnow/tensor';
import type { EngineChoice } from '@winnow/tensor';
import { runStep } from '../commands/run-step';
import type { StepName } from '../commands/run-step';
import { readDemoTruth, truthCsv } from './demo-listing';
import { demoProjectText } from './demo-project';
import { demoSchedule, MODUL_NOTE } from './demo-schedule';
import { startDemoWebProcess } from './demo-web-process';
import { resultsTable } from './results-table';
import type { DemoResult } from './results-table';

export interface DemoOptions {
  /** Where project, data set, runs and report go. */
  readonly folder: string;
  /** The demo's images, teacher and plan of its web; default: those that come with winnow. */
  readonly imagesDir?: string | undefined;
  readonly engine: EngineChoice;
  readonly seeds: number;
  /** Results listed for each class. */
  readonly perClass: number;
  /** Undefined: what fits the engine. */
  readonly epochs: number | undefined;
}

const IMAGES_DIR = path.resolve(__dirname, '../../../../examples/demo');

interface StepTime {
  readonly step: string;
  readonly seconds: number;
}

/** The whole path on the demo's own web; every step re-uses what an earlier or killed demo finished. */
export async function runDemo(
  { folder, imagesDir = IMAGES_DIR, engine: choice, seeds, perClass, epochs }: DemoOptions,
  io: CommandIo,
): Promise<CommandResult> {
  const times: StepTime[] = [];
  const reused: string[] = [];
  const timed = async <T>(step: string, work: () => Promise<T>): Promise<T> => {
    io.log(`\n== ${step}`);
    const startedAt = performance.now();
    const result = await work();
    times.push({ step, seconds: (performance.now() - startedAt) / 1000 });
    return result;
  };
  const engine = await timed('engine', () =>
    startEngine(choice, {
      cacheDir: defaultCacheDir(io.env),
      log: io.log,
      install: true,
      progress: io.progress,
      signal: io.signal,
    }),
  );
  const project = await prepareProject(folder, { imagesDir, engine: engine.name, perClass });
  const web = await startDemoWebProcess(imagesDir);
  try {
    await writeFileAtomic(project.file, project.text(web.resolve));
    // Its images stay in its folder: a person's store has others.
    const ownIo = { ...io, env: { ...io.env, WINNOW_STORE: undefined } };
    const step = (name: StepName, options?: Readonly<Record<string, unknown>>) =>
      runStep(name, project.file, ownIo, options);
    const show = (result: CommandResult): CommandResult => {
      result.text.forEach((line) => io.log(line));
      return result;
    };
    const crawl = show(await timed('crawl', () => step('crawl')));
    const build = show(await timed('build', () => step('build')));
    const split = show(await timed('split', () => step('split')));
    if (crawl.json['tried'] === 0) reused.push('everything that was crawled');
    if (build.json['reused'] === true) reused.push('the data set');
    if (split.json['reused'] === true) reused.push('the split');
    const results: DemoResult[] = [];
    for (const run of demoSchedule(engine.name, seeds, epochs)) {
      const { method, seed } = run;
      const trained = show(await timed(`train ${method}, seed ${seed}`, () => step('train', { ...run })));
      const summary = trained.json['summary'] as { accuracy: number };
      results.push({ method, seed, accuracy: summary.accuracy });
      if (trained.json['reused'] === true) reused.push(`the ${method} student of seed ${seed}`);
    }
    const evaluated = await timed('evaluate', () => step('evaluate'));
    const report = show(await timed('report', () => step('report', { output: path.join(folder, 'report.html') })));
    const teacher = evaluated.json['teacher'] as { accuracy: number };
    return summarise({ crawl, build, split, report, results, teacher, engine: engine.name, times, reused });
  } finally {
    await web.stop();
  }
}

async function prepareProject(
  folder: string,
  { imagesDir, engine, perClass }: { readonly imagesDir: string; readonly engine: string; readonly perClass: number },
) {
  const truth = await readDemoTruth(imagesDir);
  await mkdir(folder, { recursive: true });
  await writeFileAtomic(path.join(folder, 'truth.csv'), truthCsv(truth));
  return {
    file: path.join(folder, 'demo.yaml'),
    text: (resolve: Readonly<Record<string, string>>) =>
      demoProjectText({ truth, imagesDir, folder, resolve, engine, perClass }),
  };
}

interface DemoOutcome {
  readonly crawl: CommandResult;
  readonly build: CommandResult;
  readonly split: CommandResult;
  readonly report: CommandResult;
  readonly results: readonly DemoResult[];
  readonly teacher: { readonly accuracy: number };
  readonly engine: string;
  readonly times: readonly StepTime[];
  readonly reused: readonly string[];
}

function summarise({
  crawl,
  build,
  split,
  report,
  results,
  teacher,
  engine,
  times,
  reused,
}: DemoOutcome): CommandResult {
  const counts = build.json['counts'] as { samples: number };
  const duplicates = build.json['duplicates'] as { precision: number; recall: number };
  const quality = split.json['quality'] as { method: string; macroF1: number; confusion: JsonValue };
  const seconds = times.reduce((sum, time) => sum + time.seconds, 0);
  return {
    exitCode: 0,
    json: {
      harvested: crawl.json['harvested'] as number,
      unique: counts.samples,
      failed: crawl.json['failed'] as JsonValue,
      duplicates: { precision: duplicates.precision, recall: duplicates.recall },
      split: { method: quality.method, macroF1: quality.macroF1, confusion: quality.confusion },
      results: results as unknown as JsonValue,
      teacher: { accuracy: teacher.accuracy },
      engine,
      seconds,
      report: report.json['file'] as string,
      times: times as unknown as JsonValue,
      reused,
    },
    text: [
      ...resultsTable(results, teacher.accuracy),
      MODUL_NOTE,
      '',
      `Time: ${times.map((time) => `${time.step} ${time.seconds.toFixed(1)} s`).join(' · ')}; ${seconds.toFixed(0)} s in all on ${engine}.`,
      ...(reused.length === 0 ? [] : [`Re-used from before: ${reused.join(', ')}.`]),
      `Report: ${String(report.json['file'])}`,
    ],
  };
}
