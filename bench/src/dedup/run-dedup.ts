import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type CommandIo, withProgress } from '@winnow/contracts';
import { defaultCacheDir } from '@winnow/tensor';
import type { EngineChoice } from '@winnow/tensor';
import { inTurn, letEventsIn } from '../harness/in-turn';
import { type Python, pythonWith } from '../harness/python-environment';
import { IMAGEDEDUP } from '../harness/python-environments';
import { countNegatives } from './count-pairs';
import { type DedupCompetitor, imagededupCompetitors, ourCompetitor } from './dedup-competitor';
import { EDITS } from './edits';
import { type HashSpeed, measureHashSpeed } from './hash-speed';
import { IMAGEDEDUP_METHODS, type ImagededupRun, runImagededup } from './imagededup';
import { runOurStages, type StagesReply } from './our-stages';
import { drawOriginals, type Originals, type ImageSet, readPool, writeImageSet } from './image-set';

/** What to compare on. */
export interface DedupBench {
  /** Folders or tars of JPEG files. */
  readonly images: readonly string[];
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

interface DedupResult {
  readonly originals: number;
  readonly plain: number;
  readonly edits: readonly string[];
  readonly files: number;
  /** Pairs of files of different images. */
  readonly negativePairs: number;
  readonly seed: number;
  readonly rounds: number;
  readonly speed: HashSpeed;
  readonly competitors: readonly DedupCompetitor[];
  /** Our seconds by those of PHash: below 1 we are faster. */
  readonly ratio?: number;
  /** Names of the originals, by number. */
  readonly names: readonly string[];
}

interface Bench extends DedupBench {
  readonly scratch: string;
  readonly cacheDir: string;
  readonly io: CommandIo;
}

/**
 * Edits images, mixes all of them, and counts which edited ones each competitor finds again and what it takes for one
 * that is not.
 * @throws WinnowError MISSING_INPUT, FILE_NOT_FOUND, IMAGE_UNREADABLE, ENGINE_UNAVAILABLE, INTERRUPTED
 */
export async function runDedup(request: DedupBench, io: CommandIo): Promise<DedupResult> {
  const drawn = drawOriginals(await readPool(request.images), request);
  const cacheDir = defaultCacheDir(io.env);
  const python = request.against === null ? null : await pythonWith(IMAGEDEDUP, io);
  const scratch = await mkdtemp(path.join(tmpdir(), 'winnow-dedup-'));
  try {
    const bench: Bench = { ...request, scratch, cacheDir, io };
    const set = await writeSet(drawn, bench);
    const methods = python === null ? [] : IMAGEDEDUP_METHODS;
    const turns = { rounds: request.rounds, label: 'compare', io };
    const [ours = [], ...theirs] = await inTurn(['pdq', ...methods] as const, turns, async (method) => ({
      result:
        method === 'pdq'
          ? await ourRun(set, bench, { embed: null, similarity: null })
          : await runImagededup(python as Python, { folder: set.folder, method }, io.signal),
      say: method,
    }));
    const embedded = request.embed === null ? [] : [await ourRun(set, bench, request)];
    const mine = [
      ourCompetitor('pdq', set.files, ours as readonly StagesReply[]),
      ...(embedded.length > 0 ? [ourCompetitor('embedding', set.files, embedded)] : []),
    ];
    const ourRates = mine.map(({ falsePerMillion }) => falsePerMillion);
    const others = methods.flatMap((method, index) =>
      imagededupCompetitors(method, set.files, { runs: theirs[index] as readonly ImagededupRun[], ourRates }),
    );
    return {
      originals: request.originals,
      plain: drawn.plain.length,
      edits: EDITS.map(({ name }) => name),
      files: set.files.length,
      negativePairs: countNegatives(set.files),
      seed: request.seed,
      rounds: request.rounds,
      speed: await measureHashSpeed(drawn.images),
      competitors: [...mine, ...others],
      ...ratioOf(mine[0] as DedupCompetitor, others),
      names: [...drawn.images, ...drawn.plain].map(({ name }) => name),
    };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function writeSet(originals: Originals, { scratch, io }: Bench): Promise<ImageSet> {
  const folder = path.join(scratch, 'images');
  await mkdir(folder);
  const shown = { label: 'edit', total: originals.images.length, unit: 'images' };
  return withProgress(io.progress, shown, (task) =>
    writeImageSet(originals, folder, {
      edits: EDITS,
      onImage: async (done) => {
        task.update(done);
        await letEventsIn(io.signal);
      },
    }),
  );
}

/** Seconds of ours to hash and search, by those of PHash at the default of its documentation. */
function ratioOf(ours: DedupCompetitor, others: readonly DedupCompetitor[]): { readonly ratio?: number } {
  const secondsOf = ({ hashSeconds, searchSeconds }: DedupCompetitor): number => hashSeconds + Number(searchSeconds);
  const phash = others.find(({ method, thresholdBits }) => method === 'phash' && thresholdBits === 10);
  return phash === undefined ? {} : { ratio: secondsOf(ours) / secondsOf(phash) };
}

function ourRun(
  set: ImageSet,
  { engine, cacheDir, io }: Bench,
  { embed, similarity }: { readonly embed: string | null; readonly similarity: number | null },
): Promise<StagesReply> {
  return runOurStages({ set, network: embed, similarity, engine, cacheDir }, io.signal);
}
