import { withProgress } from '@winnow/contracts';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { CommandIo } from '@winnow/contracts';
import { defaultCacheDir } from '@winnow/tensor';
import type { EngineChoice } from '@winnow/tensor';
import { letEventsIn } from '../compare-contenders';
import type { PythonWithPackages } from '../python-environment';
import { countNegatives } from './count-pairs';
import { type DedupContender, imagededupContenders, ourContender } from './dedup-contender';
import { EDITS } from './edits';
import { type HashSpeed, measureHashSpeed } from './hash-speed';
import { IMAGEDEDUP_METHODS, imagededupPython, type ImagededupRun, runImagededup } from './imagededup';
import { runOurStages, type StagesAnswer } from './our-stages';
import { drawOriginals, type Originals, type PictureSet, readPool, writePictureSet } from './picture-set';

/** What to compare on. */
export interface DedupBench {
  /** Folders or tars of JPEG files. */
  readonly pictures: readonly string[];
  readonly originals: number;
  readonly seed: number;
  readonly rounds: number;
  readonly against: 'imagededup' | null;
  /** Network of the embedding stage; null leaves it out. */
  readonly embed: string | null;
  /** Least similarity of features. */
  readonly similarity: number;
  readonly engine: EngineChoice;
}

export interface DedupBenchResult {
  readonly originals: number;
  readonly plain: number;
  readonly edits: readonly string[];
  readonly files: number;
  /** Pairs of files of different pictures. */
  readonly negativePairs: number;
  readonly seed: number;
  readonly rounds: number;
  readonly speed: HashSpeed;
  readonly contenders: readonly DedupContender[];
  /** Names of the originals, by number. */
  readonly names: readonly string[];
}

interface Bench extends DedupBench {
  readonly scratch: string;
  readonly cacheDir: string;
  readonly python: PythonWithPackages | null;
  readonly io: CommandIo;
}

/**
 * Edits pictures, mixes all of them, and counts which edited ones each contender finds again and what it takes for one
 * that is not.
 * @throws WinnowError MISSING_INPUT, FILE_NOT_FOUND, IMAGE_UNREADABLE, ENGINE_UNAVAILABLE, INTERRUPTED
 */
export async function runDedupBench(request: DedupBench, io: CommandIo): Promise<DedupBenchResult> {
  const drawn = drawOriginals(await readPool(request.pictures), request);
  const cacheDir = defaultCacheDir(io.env);
  const python = request.against === null ? null : await imagededupPython(cacheDir, io);
  const scratch = await mkdtemp(path.join(tmpdir(), 'winnow-dedup-'));
  try {
    const bench: Bench = { ...request, scratch, cacheDir, python, io };
    const set = await writeSet(drawn, bench);
    const { ours, theirs } = await runRounds(set, bench);
    const embedded = request.embed === null ? [] : [await ourRun(set, bench, request.similarity)];
    const mine = [
      ourContender('pdq', set.files, ours),
      ...(embedded.length > 0 ? [ourContender('embedding', set.files, embedded)] : []),
    ];
    const ourRates = mine.map(({ falsePerMillion }) => falsePerMillion);
    const others = [...theirs].flatMap(([method, runs]) => imagededupContenders(method, set.files, { runs, ourRates }));
    return {
      originals: request.originals,
      plain: drawn.plain.length,
      edits: EDITS.map(({ name }) => name),
      files: set.files.length,
      negativePairs: countNegatives(set.files),
      seed: request.seed,
      rounds: request.rounds,
      speed: await measureHashSpeed(drawn.pictures),
      contenders: [...mine, ...others],
      names: [...drawn.pictures, ...drawn.plain].map(({ name }) => name),
    };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function writeSet(originals: Originals, { scratch, io }: Bench): Promise<PictureSet> {
  const folder = path.join(scratch, 'pictures');
  await mkdir(folder);
  const shown = { label: 'edit', total: originals.pictures.length, unit: 'pictures' };
  return withProgress(io.progress, shown, (task) =>
    writePictureSet(originals, folder, {
      edits: EDITS,
      onPicture: async (done) => {
        task.update(done);
        await letEventsIn(io.signal);
      },
    }),
  );
}

/** In turn, so that what else the machine does meets all alike. */
async function runRounds(set: PictureSet, bench: Bench) {
  const ours: StagesAnswer[] = [];
  const theirs = new Map(bench.python === null ? [] : IMAGEDEDUP_METHODS.map((method) => [method, [] as ImagededupRun[]])); // prettier-ignore
  const shown = { label: 'compare', total: bench.rounds, unit: 'rounds' };
  await withProgress(bench.io.progress, shown, async (task) => {
    for (let round = 0; round < bench.rounds; round += 1) {
      await letEventsIn(bench.io.signal);
      ours.push(await ourRun(set, { ...bench, embed: null }, null));
      for (const [method, runs] of theirs) runs.push(await theirRun(set, bench, method));
      task.update(round + 1);
    }
  });
  return { ours, theirs };
}

function ourRun(
  set: PictureSet,
  { embed, engine, cacheDir, io }: Bench,
  similarity: number | null,
): Promise<StagesAnswer> {
  return runOurStages({ set, network: embed, similarity, engine, cacheDir }, io.signal);
}

function theirRun({ folder }: PictureSet, { python, scratch, io }: Bench, method: (typeof IMAGEDEDUP_METHODS)[number]) {
  return runImagededup(
    python as PythonWithPackages,
    { folder, method, out: path.join(scratch, 'answer.json') },
    io.signal,
  );
}
