import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { JsonValue, SampleRecord } from '@winnow/contracts';
import { compareText, isWinnowError } from '@winnow/contracts';
import { fileSha256, MANIFEST_FILES, readDataset, readMember, readSamples } from '@winnow/shards';
import type { ImageExtension, ShardSummary } from '@winnow/shards';
import type { EncodedPicture } from './encode-picture';
import { encodingIdentity } from './encoding-settings';

/** A shard of an earlier build. */
interface EarlierShard {
  readonly file: string;
  readonly summary: ShardSummary;
  /** Looked at once, when the first picture is taken from it. */
  sound: Promise<boolean> | null;
}

interface Place {
  readonly shard: EarlierShard;
  readonly extension: ImageExtension;
  readonly offset: number;
  readonly length: number;
}

interface Wish {
  /** Those of the build to be made. */
  readonly config: JsonValue;
  readonly createdBy: string;
  readonly records: readonly SampleRecord[];
}

/** Pictures that earlier builds encoded just as the next one would. A build or shard that is damaged counts as none. */
export class ReusablePictures {
  readonly #places: ReadonlyMap<string, Place>;

  private constructor(places: ReadonlyMap<string, Place>) {
    this.#places = places;
  }

  /** Looks into finished builds, newest first, until every picture is found. */
  static async find(buildsDir: string, { config, createdBy, records }: Wish): Promise<ReusablePictures> {
    const identity = encodingIdentity(config, createdBy);
    const missing = new Set(records.filter(({ unchanged }) => unchanged !== true).map(({ sha256 }) => sha256));
    const places = new Map<string, Place>();
    for (const dir of identity === null ? [] : await listBuilds(buildsDir)) {
      if (missing.size === 0) break;
      try {
        await collect(dir, { identity, missing, places });
      } catch (error) {
        if (!isWinnowError(error)) throw error;
      }
    }
    return new ReusablePictures(places);
  }

  /** The encoded picture of an original; null where no earlier build holds it. */
  async read(sha256: string): Promise<EncodedPicture | null> {
    const place = this.#places.get(sha256);
    if (place === undefined) return null;
    const { shard, extension, offset, length } = place;
    shard.sound ??= isSound(shard);
    if (!(await shard.sound)) return null;
    return { extension, bytes: new Uint8Array(await readMember(shard.file, offset, length)) };
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
  { identity, missing, places }: { identity: string | null; missing: Set<string>; places: Map<string, Place> },
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
    places.set(sha256, { shard, extension, offset, length });
  }
}

async function isSound({ file, summary }: EarlierShard): Promise<boolean> {
  try {
    return (await stat(file)).size === summary.sizeBytes && (await fileSha256(file)) === summary.sha256;
  } catch {
    return false;
  }
}
