import { IMAGE_FLAGS, WinnowError } from '@winnow/contracts';
import type { ImageDetail, StudioListing } from '@winnow/contracts';
import { licenseName, statedLicense } from '@winnow/dedup';
import { listImageListings, readSample } from '@winnow/db';
import { blobPlace, originalsOf } from '@winnow/store';
import { webUrl } from '../html/web-link';
import type { StudioContext } from '../server/studio-context';
import { tileOf } from './image-tile';
import type { ImageScope } from './studio-images';

/** All that is known of one image. @throws WinnowError MISSING_INPUT where the data set does not hold it */
export async function describeImage(context: StudioContext, scope: ImageScope, sha256: string): Promise<ImageDetail> {
  const { config, database, images } = context;
  const { lists, build } = await images.open(scope);
  const { columns } = lists;
  const [row] = lists.rowsOf(sha256);
  if (row === undefined) {
    throw new WinnowError('MISSING_INPUT', 'The data set holds no such image', {
      where: sha256,
      next: 'Another data set of the project may: choose it in the menu.',
    });
  }
  const isForgotten = columns.forgotten[row] === 1;
  const found = isForgotten
    ? { sample: undefined, listings: [] }
    : await database.useIfThere(async (db) => ({
        sample: await readSample(db, build.id, sha256),
        listings: (await listImageListings(db, config.name, sha256)).map(studioListing),
      }));
  const { sample, listings } = found ?? { sample: undefined, listings: [] };
  const number = (values: Float32Array): number => values[row] as number;
  const flags = columns.flags[row] as number;
  const tile = tileOf(columns, row);
  return {
    ...tile,
    key: sample?.key ?? String(row).padStart(9, '0'),
    width: columns.width[row] as number,
    height: columns.height[row] as number,
    probabilities: tile.kind === null ? null : [number(columns.clean), number(columns.closed), number(columns.open)],
    flags: IMAGE_FLAGS.filter((_, bit) => (flags & (1 << bit)) !== 0),
    copies: columns.copies[row] as number,
    conflicts: sample?.conflicts ?? [],
    listings,
    history: isForgotten ? [] : await images.decisions.history(sha256),
    ...(found === null && { isDatabaseAway: true as const }),
    missing: isForgotten
      ? 'It was to be forgotten: the next build leaves it out.'
      : await missingOriginal(context, sha256),
  };
}

/** Why the original cannot be shown; null: it can, as far as a look at its size tells. */
async function missingOriginal({ config, projectFile }: StudioContext, sha256: string): Promise<string | null> {
  const sizeBytes = await originalsOf(blobPlace(config)).sizeOf(sha256);
  if (sizeBytes !== null && sizeBytes > 0) return null;
  return `The original is gone. winnow verify ${projectFile} --repair fetches it again, where that is possible.`;
}

type Listing = Awaited<ReturnType<typeof listImageListings>>[number];

/** Text of it comes from the web; addresses only where a reader may be sent there. */
export function studioListing(listing: Listing): StudioListing {
  const stated = statedLicense(listing);
  return {
    className: listing.className,
    engine: listing.engine,
    title: shortened(listing.title),
    creator: shortened(listing.creator),
    license: stated === undefined ? shortened(listing.license) : licenseName(stated),
    pageUrl: webUrl(listing.pageUrl),
    imageUrl: webUrl(listing.imageUrl),
  };
}

const MAX_TEXT = 1000;
/** Control characters, and what turns the text around it. */
const STEERING = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]+/gu;

function shortened(text: string | null): string | null {
  if (text === null) return null;
  const plain = text.replace(STEERING, ' ').trim();
  return plain.length > MAX_TEXT ? `${plain.slice(0, MAX_TEXT)}…` : plain;
}
