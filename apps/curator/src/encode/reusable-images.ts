import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { ProjectConfig } from '@winnow/config';
import type { JsonValue, SampleRecord } from '@winnow/contracts';
import { compareText, isWinnowError } from '@winnow/contracts';
import { fileSha256 } from '@winnow/files';
import { EncodingCache, encodingIdentity, MANIFEST_FILES, readDataset, readMember, readSamples } from '@winnow/shards';
import type { ImageExtension, ShardSummary } from '@winnow/shards';
import type { EncodedImage } from './encode-image';

/** A shard of an earlier build. */
interface EarlierShard {
  readonly file: string;
  readonly summary: ShardSummary;
  /** Looked at once, when the first image is taken from it. */
  sound: Promise<boolean> | null;
}

interface Location {
  readonly shard: EarlierShard;
  readonly extension: ImageExtension;
  readonly offset: number;
  readonly length: number;
}

interface SearchFilter {
  /** Those of the build to be made. */
  readonly config: JsonValue;
  readonly createdBy: string;
  readonly records: readonly SampleRecord[];
}

/** An image that was encoded before. */
export interface ReusableImage extends EncodedImage {
  /** Where that was. */
  readonly from: 'build' | 'crawl';
}

/**
 * Images that crawls and earlier builds encoded just as the next build would. A build, shard or file of a crawl that is damaged counts as
 * none.
 */
export class ReusableImages {
  readonly #crawled: EncodingCache | null;
  readonly #locations: ReadonlyMap<string, Location>;

  private constructor(crawled: EncodingCache | null, locations: ReadonlyMap<string, Location>) {
    this.#crawled = crawled;
    this.#locations = locations;
  }

  /** Looks for what was crawled since the last build, then into finished builds, newest first, until every image is found. */
  static async find(
    { state, builds }: Pick<ProjectConfig['paths'], 'state' | 'builds'>,
    { config, createdBy, records }: SearchFilter,
  ): Promise<ReusableImages> {
    const identity = encodingIdentity(config, createdBy);
    const missing = new Set(records.filter(({ unchanged }) => unchanged !== true).map(({ sha256 }) => sha256));
    const crawled = identity === null ? null : await EncodingCache.find(state, identity, missing);
    for (const sha256 of crawled?.digests() ?? []) missing.delete(sha256);
    const locations = new Map<string, Location>();
    for (const dir of identity === null ? [] : await listBuilds(builds)) {
      if (missing.size === 0) break;
      try {
        await collect(dir, { identity, missing, locations });
      } catch (error) {
        if (!isWinnowError(error)) throw error;
      }
    }
    return new ReusableImages(crawled, locations);
  }

  /** Whether `read` will find it, unless it is damaged. */
  has(sha256: string): boolean {
    return this.#locations.has(sha256) || this.#crawled?.has(sha256) === true;
  }

  /** The encoded image of an original; null where it was not encoded before. */
  async read(sha256: string): Promise<ReusableImage | null> {
    const crawled = await this.#crawled?.read(sha256);
    if (crawled) return { ...crawled, from: 'crawl' };
    const location = this.#locations.get(sha256);
    if (location === undefined) return null;
    const { shard, extension, offset, length } = location;
    shard.sound ??= isSound(shard);
    if (!(await shard.sound)) return null;
    return { extension, bytes: new Uint8Array(await readMember(shard.file, offset, length)), from: 'build' };
  }
}

/** Folders of finished builds, newest first. */
async function listBuilds(buildsDir: string): Promise<readonly string[]> {
  const names = await readdir(buildsDir).catch(() => []);
  const found = await Promise.all(
    names.map(async (name) => {
      const dir = path.join(buildsDir, name);
      const dataset = await stat(path.join(dir, MANIFEST_FILES.dataset)).catch(() => null);
      return dataset === null || name.includes('.') ? null : { dir, madeAt: dataset.mtimeMs };
    }),
  );
  return found
    .filter((build) => build !== null)
    .sort((a, b) => b.madeAt - a.madeAt || compareText(a.dir, b.dir))
    .map(({ dir }) => dir);
}

/** @throws WinnowError where the lists of the build cannot be read */
async function collect(
  dir: string,
  { identity, missing, locations }: { identity: string | null; missing: Set<string>; locations: Map<string, Location> },
): Promise<void> {
  const manifest = await readDataset(dir);
  if (encodingIdentity(manifest.config, manifest.createdBy) !== identity) return;
  const shards = new Map(
    manifest.shards.map((summary): [string, EarlierShard] => [
      summary.name,
      { file: path.join(dir, summary.name), summary, sound: null },
    ]),
  );
  for await (const { sha256, unchanged, shard: name, extension, offset, length } of readSamples(dir, manifest)) {
    const shard = shards.get(name);
    if (unchanged === true || shard === undefined || !missing.delete(sha256)) continue;
    locations.set(sha256, { shard, extension, offset, length });
  }
}

async function isSound({ file, summary }: EarlierShard): Promise<boolean> {
  try {
    return (await stat(file)).size === summary.sizeBytes && (await fileSha256(file)) === summary.sha256;
  } catch {
    return false;
  }
}
