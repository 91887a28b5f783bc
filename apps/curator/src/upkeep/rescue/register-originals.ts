import { requireUninterrupted, withProgress } from '@winnow/contracts';
import type { CommandIo } from '@winnow/contracts';
import { recordOriginals, recordRescuedListings, unknownOriginals, unlistedOriginals } from '@winnow/db';
import type { Database, FetchedImage, RescuedListing } from '@winnow/db';
import { canonicalUrl } from '@winnow/dedup';
import { DECODE_LIMITS, inspectImage } from '@winnow/imaging';
import type { BlobStore } from '@winnow/store';
import { listBuildFolders, readBuild } from './register-builds';

export interface RegisteredOriginals {
  /** Files that the database did not know. */
  readonly added: number;
  /** Listings that were taken from data sets. */
  readonly listings: number;
  /** Files that no listing is known of: their classes are lost. */
  readonly unlisted: number;
  /** Files whose bytes are not those of their name, or are no image. */
  readonly damaged: readonly string[];
}

export interface RegisterOriginalsOptions {
  readonly kept: BlobStore;
  readonly buildsDir: string;
  readonly io: Pick<CommandIo, 'progress' | 'signal'>;
}

/** Files that are read and stored together. */
const BATCH = 64;

/**
 * Stores originals that lie on disk and that the database does not know, and those of their listings that data sets hold.
 * @throws WinnowError INTERRUPTED
 */
export async function registerOriginals(
  db: Database,
  { kept, buildsDir, io }: RegisterOriginalsOptions,
): Promise<RegisteredOriginals> {
  const digests = await unknownOriginals(db, await listDigests(kept));
  const damaged: string[] = [];
  const shown = { label: 'originals', total: digests.length, unit: 'files' };
  await withProgress(io.progress, shown, async (task) => {
    for (let from = 0; from < digests.length; from += BATCH) {
      requireUninterrupted(io.signal, 'Stopped while reading originals', { next: 'Run the same command again.' });
      const images: FetchedImage[] = [];
      for (const sha256 of digests.slice(from, from + BATCH)) {
        const image = await readFacts(kept, sha256);
        if (image === null) damaged.push(kept.placeOf(sha256));
        else images.push(image);
      }
      await recordOriginals(db, images, new Date());
      task.update(Math.min(from + BATCH, digests.length));
    }
  });
  const listings = await registerListings(db, buildsDir);
  const unlisted = (await unlistedOriginals(db)).length;
  return { added: digests.length - damaged.length, listings, unlisted, damaged };
}

async function listDigests(kept: BlobStore): Promise<readonly string[]> {
  const digests: string[] = [];
  for await (const { sha256 } of kept.list()) digests.push(sha256);
  return digests;
}

async function readFacts(kept: BlobStore, sha256: string): Promise<FetchedImage | null> {
  const read = await kept.read(sha256);
  if (!read.ok) return null;
  const { bytes } = read;
  const header = await inspectImage(bytes, DECODE_LIMITS);
  if (!header.ok) return null;
  const { mime, width, height } = header;
  return { sha256, sizeBytes: bytes.length, mime, width, height };
}

/** Takes the listings of originals without any from the newest data set that holds them. @returns how many */
async function registerListings(db: Database, buildsDir: string): Promise<number> {
  const left = new Set(await unlistedOriginals(db));
  const byProject = new Map<string, RescuedListing[]>();
  for (const folder of await listBuildFolders(buildsDir)) {
    const build = left.size === 0 ? null : await readBuild(folder);
    for (const { sha256, provenance } of build?.samples ?? []) {
      if (build === null || !left.delete(sha256)) continue;
      const { name } = build.manifest;
      const listings = byProject.get(name) ?? [];
      byProject.set(name, listings);
      listings.push(...provenance.map((listing) => ({ sha256, listing, canonicalUrl: canonicalOf(listing.imageUrl) })));
    }
  }
  for (const [project, listings] of byProject) await recordRescuedListings(db, project, { listings, at: new Date() });
  return [...byProject.values()].reduce((sum, listings) => sum + listings.length, 0);
}

/** Imported images without a URL have a name of our own, which is canonical. */
function canonicalOf(imageUrl: string): string | null {
  if (!/^https?:/i.test(imageUrl)) return imageUrl;
  const canonical = canonicalUrl(imageUrl);
  return canonical.ok ? canonical.url : null;
}
