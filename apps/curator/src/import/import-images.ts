import type { ProjectConfig } from '@winnow/config';
import { IMPORT_ENGINE, requireUninterrupted, withProgress } from '@winnow/contracts';
import type { CommandIo } from '@winnow/contracts';
import { ensureCrawlPlan, forgottenFilter, knownImports, recordImports } from '@winnow/db';
import type { Database, FetchedImage, ForgottenFilter, ImportedHit, ImportSourceKey, KnownImports } from '@winnow/db';
import { analyseImage } from '@winnow/imaging';
import type { ImageLimits } from '@winnow/imaging';
import { blobPlace, originalsOf, requireStore } from '@winnow/store';
import type { BlobStore } from '@winnow/store';
import { countRefused, newCounts } from './import-counts';
import type { ImportCounts } from './import-counts';
import type { ImportSource, SourceItem } from './sources/import-source';
import { loadItems } from './load-items';
import type { LoadedItem } from './load-items';
import { toHit } from './to-hit';

export interface ImportOptions {
  readonly config: ProjectConfig;
  readonly db: Database;
  readonly source: ImportSource;
  readonly io: Pick<CommandIo, 'progress' | 'signal'>;
}

/** Images that are decoded and written at once. */
const AT_ONCE = 16;

interface Importing extends ImportOptions {
  readonly key: ImportSourceKey;
  readonly blobs: BlobStore;
  readonly forgotten: ForgottenFilter;
  readonly counts: ImportCounts;
  readonly classes: ReadonlySet<string>;
}

/**
 * Takes the images of a source into a project, as if a search had listed them: files first, then what is known of
 * them, a batch in one transaction. What an earlier import stored is not stored again, so one that was killed goes on.
 * @throws WinnowError INTERRUPTED; DISK_FULL, FILE_NOT_WRITABLE; those of the source
 */
export async function importImages(options: ImportOptions): Promise<ImportCounts> {
  const { config, db, source, io } = options;
  await requireStore(db, config.store);
  const blobs = originalsOf(blobPlace(config, db));
  await blobs.sweep(Date.now());
  await ensureCrawlPlan(db, { project: config.name, classes: config.classes.map(({ name }) => name), queries: [] });
  const importing: Importing = {
    ...options,
    key: { project: config.name, engine: source.engine, query: source.name },
    blobs,
    forgotten: await forgottenFilter(db, config.name),
    counts: newCounts(),
    classes: new Set(config.classes.map(({ name }) => name)),
  };
  await withProgress(io.progress, { label: 'import', unit: 'images' }, async (task) => {
    let done = 0;
    for await (const batch of loadItems(source.items(), (item) => classOf(importing, item))) {
      requireUninterrupted(io.signal, 'Stopped while importing', {
        next: 'Run the same command again; it goes on from here.',
      });
      await importBatch(importing, batch);
      done += batch.length;
      task.update(done);
    }
  });
  return importing.counts;
}

function classOf({ classes, counts }: Importing, item: SourceItem): string | null {
  const { className, refusal } = item;
  if (refusal !== undefined) {
    countRefused(counts, item, refusal);
    return null;
  }
  if (className === null) {
    counts.unlabelled += 1;
    return null;
  }
  if (classes.has(className)) return className;
  counts.otherClasses.set(className, (counts.otherClasses.get(className) ?? 0) + 1);
  return null;
}

async function importBatch(importing: Importing, batch: readonly LoadedItem[]): Promise<void> {
  const { config, db, key, blobs, counts } = importing;
  const all = batch.flatMap((loaded) => wantedHit(importing, loaded));
  const listed = [...new Map(all.map((item) => [keyOf(item), item])).values()];
  const known = await knownImports(db, key, {
    keys: listed.flatMap((item) => [item.hit, underItsOwnUrl(item).hit]),
    digests: listed.flatMap(({ hit }) => hit.sha256 ?? []),
  });
  const wanted = listed.map((item) => (isAnother(key, item, known) ? underItsOwnUrl(item) : item));
  const isKnown = ({ hit }: WantedItem): boolean => {
    const digests = known.digestsOf(hit);
    return digests !== undefined && (hit.sha256 === null || digests.has(hit.sha256));
  };
  const fresh = wanted.filter((item) => !isKnown(item));
  counts.known += all.length - fresh.length;
  const stored = wanted.filter(({ hit: { sha256 } }) => sha256 !== null && known.images.has(sha256));
  const files = [...new Map(stored.map(({ hit, loaded }) => [hit.sha256, loaded])).values()];
  await inGroups(files, AT_ONCE, (loaded) => restoreFile(importing, loaded));
  const hits: ImportedHit[] = [];
  const images: FetchedImage[] = [];
  await inGroups(fresh, AT_ONCE, async ({ hit, loaded }) => {
    const image = await storeImage(importing, loaded, known.images);
    if (image === 'refused') return;
    hits.push(hit);
    if (image !== null) images.push(image);
  });
  hits.sort((a, b) => a.rank - b.rank);
  const dropped = await recordImports(db, key, { hits, images, at: new Date() });
  // As recordFetches: what nothing refers to in a store is gc's.
  if (config.store === undefined) await blobs.remove(dropped);
  counts.added += hits.length;
  counts.due += hits.filter(({ sha256 }) => sha256 === null).length;
}

/**
 * Whether a file is another one than an earlier import took from a place of the same name: of another folder called `photos`, or since
 * replaced. Neither its licence nor a takedown of the other is its own.
 */
function isAnother({ engine }: ImportSourceKey, item: WantedItem, known: KnownImports): boolean {
  const { sha256, canonicalUrl } = item.hit;
  if (engine !== IMPORT_ENGINE || sha256 === null || !canonicalUrl.startsWith(`${IMPORT_ENGINE}:`)) return false;
  const digests = known.digestsOf(item.hit) ?? new Set();
  return !digests.has(sha256) && (digests.size > 0 || known.digestsOf(underItsOwnUrl(item).hit) !== undefined);
}

function underItsOwnUrl({ hit, loaded }: WantedItem): WantedItem {
  const url = `${hit.canonicalUrl}#${(hit.sha256 ?? '').slice(0, 12)}`;
  return { hit: { ...hit, imageUrl: url, canonicalUrl: url }, loaded };
}

interface WantedItem {
  readonly hit: ImportedHit;
  readonly loaded: LoadedItem;
}

/** The same image may be listed twice. */
function keyOf({ hit: { className, canonicalUrl, sha256 } }: WantedItem): string {
  return JSON.stringify([className, canonicalUrl, sha256]);
}

/** None for an item that cannot be read, or is to stay out. */
function wantedHit({ source, forgotten, counts }: Importing, loaded: LoadedItem): readonly WantedItem[] {
  const { item, className, image: loadedImage } = loaded;
  if (loadedImage?.ok === false) {
    countRefused(counts, item, loadedImage);
    return [];
  }
  const sha256 = loadedImage?.sha256 ?? null;
  const made = toHit(source, item, { className, sha256 });
  if (!made.ok) {
    countRefused(counts, item, made);
    return [];
  }
  const isUnwanted =
    forgotten.isForgotten(made.hit.canonicalUrl) || (sha256 !== null && forgotten.forgottenDigests.has(sha256));
  if (isUnwanted) counts.forgotten += 1;
  return isUnwanted ? [] : [{ hit: made.hit, loaded }];
}

/** @returns what is to be recorded of the file; null where that was done before, or there is no file yet */
async function storeImage(
  { config, blobs, counts, io }: Importing,
  { item, image: loadedImage }: LoadedItem,
  stored: ReadonlySet<string>,
): Promise<FetchedImage | null | 'refused'> {
  if (loadedImage === null || !loadedImage.ok) return null;
  const { bytes, sha256 } = loadedImage;
  if (stored.has(sha256)) return null;
  const found = await analyseImage(bytes, importLimits(config), io.signal);
  if (!found.ok) {
    countRefused(counts, item, found);
    return 'refused';
  }
  await blobs.put(sha256, bytes);
  counts.sizes.push({ width: found.width, height: found.height });
  const { ok: _ok, format: _format, ...facts } = found;
  return { sha256, sizeBytes: bytes.length, ...facts };
}

/** Writes the file of a stored image again where it is gone or was changed. */
async function restoreFile({ config, blobs, counts }: Importing, { image: loadedImage }: LoadedItem): Promise<void> {
  if (loadedImage === null || !loadedImage.ok) return;
  const { sha256, bytes } = loadedImage;
  // A store sends whatever it is given: files of the right size are left for `winnow verify`.
  if (config.store !== undefined && (await blobs.sizeOf(sha256)) === bytes.length) return;
  if ((await blobs.put(sha256, bytes)) === 'written') counts.restored += 1;
}

/** Sides and shape are judged when a build is planned: the limits may change. */
function importLimits({ harvest }: ProjectConfig): ImageLimits {
  return { maxPixels: harvest.maxPixels, minSide: 1, maxAspectRatio: Infinity };
}

async function inGroups<T>(items: readonly T[], size: number, handle: (item: T) => Promise<void>): Promise<void> {
  for (let from = 0; from < items.length; from += size) {
    await Promise.all(items.slice(from, from + size).map(handle));
  }
}
