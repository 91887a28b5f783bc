import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { forEachAtOnce, type StoredImages, WinnowError } from '@winnow/contracts';
import { clusterDuplicates } from '@winnow/dedup';
import type { DuplicateItem } from '@winnow/dedup';
import { analyseImage, copyConfirmer, USER_IMAGE_LIMITS } from '@winnow/imaging';
import type { RgbImage } from '@winnow/imaging';
import { unitFeatures } from '@winnow/training';
import { decodeUserImage, loadNetwork } from '@winnow/trainer/bench';
import { timed } from '../harness/figures';
import type { StagesReply, StagesJob } from './our-stages';
import type { ImageSet, SetFile } from './image-set';

/** Settings of `build.dedupe`, as they are by default, with mirrors looked for. */
const DEFAULTS = { mergeBits: 15, sameClassMergeBits: 31, mirrors: true } as const;
const IN_FLIGHT = 4 * availableParallelism();
/** Images that the network sees at once: its memory grows with them. */
const BATCH = 32;

/** Our stages, as a build has them, over files on disk. An engine must run where there is a network. */
export async function findDuplicates(job: StagesJob): Promise<Omit<StagesReply, 'peakBytes'>> {
  const { set, network, similarity } = job;
  const hashed = await timed(() => analyseFiles(set));
  const embedded = await timed(async () => (network === null ? null : embedFiles(set, network)));
  const items = hashed.result.map((item, index) => ({ ...item, embedding: embedded.result?.[index] ?? null }));
  const searched = await timed(() => search(items, set, network === null ? null : similarity));
  return {
    hashes: items.map(({ pdq }) => pdq),
    clusters: searched.result,
    similarity,
    hashSeconds: hashed.cost.wallSeconds,
    embedSeconds: network === null ? 0 : embedded.cost.wallSeconds,
    searchSeconds: searched.cost.wallSeconds,
  };
}

async function analyseFiles({ folder, files }: ImageSet): Promise<DuplicateItem[]> {
  const items: DuplicateItem[] = [];
  await forEachAtOnce(files.entries(), { atOnce: IN_FLIGHT }, async ([index, file]) => {
    items[index] = await analyseFile(folder, file, index);
  });
  return items;
}

async function analyseFile(folder: string, { name, className }: SetFile, index: number): Promise<DuplicateItem> {
  // As the other program does: bytes of a crawl come from no file, and are not to wait for other threads four times.
  const bytes = readFileSync(path.join(folder, name));
  const facts = await analyseImage(bytes, USER_IMAGE_LIMITS);
  if (!facts.ok) throw new WinnowError('IMAGE_UNREADABLE', facts.detail, { where: name });
  return {
    id: String(index),
    className,
    bytesSha: createHash('sha256').update(bytes).digest('hex'),
    pixelSha: facts.pixelSha256,
    pdq: facts.pdq,
    pdqQuality: facts.pdqQuality,
    width: facts.width,
    height: facts.height,
    sizeBytes: bytes.length,
    rank: 1,
  };
}

async function embedFiles({ folder, files }: ImageSet, network: string): Promise<readonly Float32Array[]> {
  const { frozen, dispose } = await loadNetwork(network);
  try {
    const locations = await Promise.all(
      files.map(async ({ name }) => ({ shard: name, offset: 0, length: (await stat(path.join(folder, name))).size })),
    );
    const images: StoredImages = {
      count: files.length,
      size: frozen.input.size,
      keys: files.map(({ name }) => name),
      labels: new Int32Array(files.length),
      classes: [],
      store: { kind: 'encoded', folder, images: locations },
      rows: null,
    };
    return await unitFeatures(frozen, images, { batch: BATCH });
  } finally {
    dispose();
  }
}

/** Images with similar features have the last word by their pixels, as in a build. */
async function search(items: readonly DuplicateItem[], set: ImageSet, similarity: number | null): Promise<number[][]> {
  const confirmSimilar = copyConfirmer((id) => readImage(set, Number(id)), DEFAULTS);
  const clusters = await clusterDuplicates(items, {
    ...DEFAULTS,
    ...(similarity !== null && { similarity, confirmSimilar }),
  });
  return clusters.map(({ keptId, copies }) => [Number(keptId), ...copies.map(({ id }) => Number(id))]);
}

async function readImage({ folder, files }: ImageSet, index: number): Promise<RgbImage> {
  const { name } = files[index] as SetFile;
  return decodeUserImage(await readFile(path.join(folder, name)), name);
}
