import { compareText, WORLD_ENGINE } from '@winnow/contracts';
import type { ImageFlag, Provenance } from '@winnow/contracts';
import type { ExclusionRow, StoredImage } from '@winnow/db';
import { checkDimensions } from '@winnow/imaging';
import type { ImageLimits } from '@winnow/imaging';
import type { BaseSplit } from '../filter/base-split';
import type { ImageOpinion } from '../filter/image-opinions';
import { selectImage } from '../filter/select-image';
import type { Subset } from '../filter/select-image';
import type { WhereImage } from '../filter/where-fields';

/** An original that can be a sample. */
export interface SelectedImage extends WhereImage {
  readonly pixelSha256: string;
  readonly pdq: string;
  readonly pdqQuality: number;
}

export interface SelectOptions {
  /** Class list of the project. */
  readonly classes: readonly string[];
  /** Images outside of them are left out, whenever they were crawled. */
  readonly limits: ImageLimits;
  readonly subset: Subset;
  /** What screens found, by digest. */
  readonly flags: ReadonlyMap<string, readonly ImageFlag[]>;
  /** What a split says, where the subset or the labels ask for it. */
  readonly verdictOf?: BaseSplit['verdictOf'] | undefined;
  /** What people say, by digest, where the subset asks for it. */
  readonly opinions?: ReadonlyMap<string, ImageOpinion> | undefined;
  /** Digests of images that people left out, with their copies. Default: none. */
  readonly leftOut?: ReadonlySet<string> | undefined;
}

/** What a build starts from, before copies are looked for. */
export interface SelectedOriginals {
  /** Originals with a listing under a class of the project. */
  readonly known: number;
  /** In order of their digests. */
  readonly images: readonly SelectedImage[];
  /** Images of a world: one for each listing, by digest and in listing order. */
  readonly unchanged: readonly SelectedImage[];
  /** What is left out already, and why. */
  readonly refused: readonly ExclusionRow[];
  /** Of these, the images that people left out: none is a sample, but their copies go with them. */
  readonly refusedLeftOut: readonly SelectedImage[];
}

/**
 * Sorts out what a build is made of: what could not be decoded, is outside the limits or does not belong to the subset
 * is left out with its reason. Looks at each image alone; the order of the originals does not matter. Images of
 * classes that the project no longer has are ignored. Those of a world know no limits, and each listing stands alone.
 */
export function selectOriginals(originals: readonly StoredImage[], options: SelectOptions): SelectedOriginals {
  const classes = new Set(options.classes);
  const known = originals.flatMap((image) => {
    const provenance = image.provenance.filter(({ className }) => classes.has(className));
    return provenance.length === 0 ? [] : [{ ...image, provenance }];
  });
  known.sort((a, b) => compareText(a.sha256, b.sha256));
  const images: SelectedImage[] = [];
  const unchanged: SelectedImage[] = [];
  const refused = new Map<string, ExclusionRow>();
  const refusedLeftOut: SelectedImage[] = [];
  const take = (image: StoredImage, into: SelectedImage[], limits: ImageLimits | null): void => {
    const judged = judge(image, options, limits);
    // A world may hold one image twice under one class: it is left out once.
    if ('outcome' in judged) refused.set(`${judged.sha256} ${judged.className}`, judged);
    else into.push(judged);
  };
  for (const image of known) {
    const [own, crawled] = partition(image.provenance);
    if (crawled.length > 0) {
      const listed = { ...image, provenance: crawled };
      take(listed, images, options.limits);
      const isRefused = images.at(-1)?.sha256 !== image.sha256;
      if (isRefused && options.leftOut?.has(image.sha256) === true) refusedLeftOut.push(...comparable(listed));
    }
    for (const listing of own) take({ ...image, provenance: [listing] }, unchanged, null);
  }
  return { known: known.length, images, unchanged, refused: [...refused.values()], refusedLeftOut };
}

/** What copies are looked for by; none where the image was never decoded. */
function comparable(image: StoredImage): readonly SelectedImage[] {
  const { pixelSha256, pdq, pdqQuality } = image;
  if (pixelSha256 === null || pdq === null || pdqQuality === null) return [];
  return [{ ...image, pixelSha256, pdq, pdqQuality, flags: [] }];
}

/** Listings of worlds, and all others. */
function partition(provenance: readonly Provenance[]): readonly [Provenance[], Provenance[]] {
  const isOfWorld = ({ engine }: Provenance): boolean => engine === WORLD_ENGINE;
  return [provenance.filter(isOfWorld), provenance.filter((listing) => !isOfWorld(listing))];
}

function judge(image: StoredImage, options: SelectOptions, limits: ImageLimits | null): SelectedImage | ExclusionRow {
  const { sha256, pixelSha256, pdq, pdqQuality, width, height } = image;
  const className = image.provenance[0]?.className ?? '';
  const row = { sha256, className, keptSha256: null };
  if (pixelSha256 === null || pdq === null || pdqQuality === null) {
    return { ...row, outcome: image.decodeOutcome ?? 'decode_error', detail: null };
  }
  const refusal = limits === null ? null : checkDimensions(width, height, limits);
  if (refusal !== null) return { ...row, outcome: refusal.outcome, detail: refusal.detail };
  const selected = {
    ...image,
    ...saidOf(sha256, limits === null ? className : undefined, options),
    pixelSha256,
    pdq,
    pdqQuality,
    flags: limits === null ? [] : (options.flags.get(sha256) ?? []),
  };
  const selection = selectImage(selected, options.subset);
  if (!selection.isSelected) return { ...row, outcome: 'excluded', detail: selection.detail };
  return { ...selected, provenance: selection.provenance };
}

/** What a split and people say of an image, where that is asked for. @param listedUnder class of one listing of a world */
function saidOf(
  sha256: string,
  listedUnder: string | undefined,
  { verdictOf, opinions }: Pick<SelectOptions, 'verdictOf' | 'opinions'>,
): Pick<WhereImage, 'verdict' | 'opinion'> {
  const verdict = verdictOf?.(sha256, listedUnder);
  const opinion = opinions?.get(sha256);
  return { ...(verdict && { verdict }), ...(opinion && { opinion }) };
}
