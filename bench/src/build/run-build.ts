import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { CommandIo } from '@winnow/contracts';
import { readDataset } from '@winnow/shards';
import { machine } from '../harness/figures';
import { runMeasured } from '../harness/process-usage';
import type { TreeUsage } from '../harness/process-usage';
import { ROOT, WINNOW } from '../harness/workspace';
import { CLASSES, drawSmallImages, IMAGES_FOLDER, TEST_FOLDER } from './small-images';

const PROJECT = JSON.stringify({ name: 'bench', classes: CLASSES.map((name) => ({ name })), build: { size: 32 } });

export interface BuildBenchmarkOptions {
  readonly images: number;
  /** Folder of the other clone; null: none. */
  readonly against: string | null;
}

/** What one clone took for the same images. */
interface CloneFigures {
  readonly clone: string;
  readonly import: TreeUsage;
  readonly build: TreeUsage;
  readonly samples: number;
  readonly digest: string;
}

export interface BuildBenchmarkResult {
  readonly images: number;
  /** Images that no build may hold a copy of. */
  readonly testImages: number;
  readonly processor: string;
  readonly threads: number;
  /** Ours first. */
  readonly clones: readonly CloneFigures[];
  readonly sameDigest: boolean;
  /** Processor seconds of our import and build by those of the other clone: below 1 we are faster. */
  readonly ratio?: number;
}

/** Has a clone import and build drawn images, and in turn the other clone the same ones. @throws WinnowError as runMeasured */
export async function runBuild(
  { images, against }: BuildBenchmarkOptions,
  io: CommandIo,
): Promise<BuildBenchmarkResult> {
  const folder = await mkdtemp(path.join(tmpdir(), 'winnow-build-'));
  try {
    const testImages = await drawSmallImages(folder, images, io);
    const ours = await measureClone(folder, { name: 'ours', root: ROOT }, io);
    const other = against === null ? null : await measureClone(folder, { name: 'other', root: against }, io);
    const cpu = (one: CloneFigures): number => one.import.cpuSeconds + one.build.cpuSeconds;
    return {
      ...{ images, testImages, ...machine() },
      clones: other === null ? [ours] : [ours, other],
      sameDigest: other === null || other.digest === ours.digest,
      ...(other !== null && { ratio: cpu(ours) / cpu(other) }),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Clone {
  readonly name: string;
  readonly root: string;
}

async function measureClone(folder: string, { name, root }: Clone, io: CommandIo): Promise<CloneFigures> {
  const project = path.join(folder, name);
  await mkdir(project, { recursive: true });
  // Of one text, so that both may have one digest.
  await writeFile(path.join(project, 'p.yaml'), PROJECT);
  const settings = Object.entries(io.env).filter(([key]) => key !== 'DATABASE_URL' && !key.startsWith('WINNOW_BUILD_'));
  const winnow = async (...args: readonly string[]): Promise<TreeUsage> => {
    const program = path.join(root, path.relative(ROOT, WINNOW));
    const usage = await runMeasured({
      ...{ command: process.execPath, args: [program, ...args], cwd: folder, signal: io.signal },
      env: Object.fromEntries(settings),
    });
    const { wallSeconds, cpuSeconds, peakBytes } = usage;
    const seconds = `${wallSeconds.toFixed(1)} s, ${cpuSeconds.toFixed(1)} s of processors`;
    io.log(`${name}: ${args[0]} took ${seconds}, ${Math.round(peakBytes / 1e6)} MB`);
    return usage;
  };
  const file = path.join(name, 'p.yaml');
  const imported = await winnow('import', file, IMAGES_FOLDER);
  const built = await winnow('build', file, '--holdout', TEST_FOLDER);
  const builds = path.join(project, '.winnow', 'builds');
  const [id = ''] = (await readdir(builds)).filter((entry) => !entry.includes('.'));
  const { digest, samples } = await readDataset(path.join(builds, id));
  return { clone: name, import: imported, build: built, samples, digest };
}
