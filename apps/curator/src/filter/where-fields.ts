import { DECIDED_STATES, NOISE_KINDS, parseUrl, IMAGE_FLAGS } from '@winnow/contracts';
import type { ImageFlag, Provenance } from '@winnow/contracts';
import type { StoredImage } from '@winnow/db';
import { LICENSE_IDS, statedLicense } from '@winnow/dedup';
import type { SplitVerdict } from './base-split';
import type { ImageOpinion } from './image-opinions';

/** What an expression is asked of. */
export interface WhereImage extends StoredImage {
  readonly flags: readonly ImageFlag[];
  /** What the split of the data set says of it; absent where none has seen it. */
  readonly verdict?: SplitVerdict | undefined;
  /** What people say of it; absent where nobody said anything, and where that was not asked for. */
  readonly opinion?: ImageOpinion | undefined;
}

/** A number or text that a person may ask for, and all values that an image has of it. */
export type WhereField =
  | {
      readonly type: 'number';
      readonly valuesOf: (image: WhereImage) => readonly number[];
      /** Known once the data set is split. */
      readonly needsSplit?: true;
      readonly needsDecisions?: true;
    }
  | {
      readonly type: 'text';
      readonly valuesOf: (image: WhereImage) => readonly string[];
      /** The only values that there are. */
      readonly choices?: readonly string[];
      /** Whether a value is what was asked for; without it, where they are equal. */
      readonly matches?: (value: string, asked: string) => boolean;
      readonly needsSplit?: true;
      readonly needsDecisions?: true;
    };

/** Where no licence was stated, or none that is understood. */
const UNKNOWN_LICENSE = 'unknown';

/** What a listing states, as `license` names it. */
export function licenseOf(listing: Provenance): string {
  return statedLicense(listing)?.id ?? UNKNOWN_LICENSE;
}

/** Their values are the classes of the project. */
export const CLASS_FIELDS: ReadonlySet<string> = new Set(['class', 'refined']);

const listed =
  (read: (listing: Provenance) => string | null) =>
  ({ provenance }: WhereImage): readonly string[] =>
    provenance.map((listing) => read(listing) ?? '');

/** Without a value for images that the split has not seen. */
const judged = <Value>(read: (verdict: SplitVerdict) => Value) => ({
  valuesOf: ({ verdict }: WhereImage): readonly Value[] => (verdict === undefined ? [] : [read(verdict)]),
  needsSplit: true as const,
});

/** By name, as written. What listings say has a value for each listing. */
export const WHERE_FIELDS: ReadonlyMap<string, WhereField> = new Map<string, WhereField>([
  ['class', { type: 'text', valuesOf: listed(({ className }) => className) }],
  ['engine', { type: 'text', valuesOf: listed(({ engine }) => engine) }],
  ['query', { type: 'text', valuesOf: listed(({ query }) => query) }],
  ['host', { type: 'text', valuesOf: listed(({ imageUrl }) => hostOf(imageUrl)), matches: isHostOrBelow }],
  [
    'license',
    {
      type: 'text',
      valuesOf: listed(licenseOf),
      choices: [...LICENSE_IDS, UNKNOWN_LICENSE],
    },
  ],
  ['licenseUrl', { type: 'text', valuesOf: listed(({ licenseUrl }) => licenseUrl) }],
  ['title', { type: 'text', valuesOf: listed(({ title }) => title) }],
  ['creator', { type: 'text', valuesOf: listed(({ creator }) => creator) }],
  ['rank', { type: 'number', valuesOf: ({ provenance }) => provenance.map(({ rank }) => rank) }],
  ['width', { type: 'number', valuesOf: ({ width }) => [width] }],
  ['height', { type: 'number', valuesOf: ({ height }) => [height] }],
  ['side', { type: 'number', valuesOf: ({ width, height }) => [Math.min(width, height)] }],
  ['aspect', { type: 'number', valuesOf: ({ width, height }) => [Math.max(width, height) / Math.min(width, height)] }],
  ['bytes', { type: 'number', valuesOf: ({ sizeBytes }) => [sizeBytes] }],
  ['pdqQuality', { type: 'number', valuesOf: ({ pdqQuality }) => (pdqQuality === null ? [] : [pdqQuality]) }],
  ['flag', { type: 'text', valuesOf: ({ flags }) => flags, choices: IMAGE_FLAGS }],
  ['sha256', { type: 'text', valuesOf: ({ sha256 }) => [sha256] }],
  ['kind', { type: 'text', choices: NOISE_KINDS, ...judged(({ kind }) => kind) }],
  ['pClean', { type: 'number', ...judged(({ pClean }) => pClean) }],
  ['pClosed', { type: 'number', ...judged(({ pClosed }) => pClosed) }],
  ['pOpen', { type: 'number', ...judged(({ pOpen }) => pOpen) }],
  ['doubt', { type: 'number', ...judged(doubtOf) }],
  [
    'refined',
    {
      type: 'text',
      // Of others it says what the label would be if it were closed, which it is not.
      valuesOf: ({ verdict }) => (verdict?.kind === 'closed' ? [verdict.refinedClass] : []),
      needsSplit: true,
    },
  ],
  [
    'decided',
    {
      type: 'text',
      choices: DECIDED_STATES,
      valuesOf: ({ opinion }) => [opinion?.state ?? 'none'],
      needsDecisions: true,
    },
  ],
  ['by', { type: 'text', valuesOf: ({ opinion }) => opinion?.people ?? [], needsDecisions: true }],
]);

/** 1 less the largest probability, of reals as the studio's columns hold them. */
function doubtOf({ pClean, pClosed, pOpen }: SplitVerdict): number {
  return 1 - Math.fround(Math.max(pClean, pClosed, pOpen));
}

/** Lower-case host of an address, without port; empty where it is none. */
export function hostOf(url: string): string {
  return parseUrl(url)?.hostname ?? '';
}

/** `a.example.com` is below `example.com`. */
export function isHostOrBelow(host: string, asked: string): boolean {
  const name = asked.toLowerCase();
  return host === name || host.endsWith(`.${name}`);
}
