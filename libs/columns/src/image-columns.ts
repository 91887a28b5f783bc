import { DECIDED_STATES, IMAGE_FLAGS, NOISE_KINDS } from '@winnow/contracts';
import type { ImageFlag, NoiseKind } from '@winnow/contracts';
import type { ImageLayout } from './layout-file';

/** Stands for "none" in columns of 8, 16 bits. */
export const NO_KIND = 255;
export const NO_CLASS = 65_535;

/** In the order of their numbers in a column. */
export { DECIDED_STATES };

/** Columns that are kept in a file, by name: the type of their numbers, and numbers an image. */
export const STORED_COLUMNS = {
  /** SHA-256 of the original, 32 bytes. */
  digest: { type: Uint8Array, each: 32 },
  /** Index into NOISE_KINDS, or NO_KIND. */
  kind: { type: Uint8Array, each: 1 },
  /** Labels: indices into the classes. */
  given: { type: Uint16Array, each: 1 },
  /** NO_CLASS without a split. */
  refined: { type: Uint16Array, each: 1 },
  /** Probabilities; 0 without a split. */
  clean: { type: Float32Array, each: 1 },
  closed: { type: Float32Array, each: 1 },
  open: { type: Float32Array, each: 1 },
  /** One bit each of IMAGE_FLAGS. */
  flags: { type: Uint8Array, each: 1 },
  /** One bit each of the lists `licenses` and `engines`: of every listing. */
  licenses: { type: Uint32Array, each: 1 },
  engines: { type: Uint32Array, each: 1 },
  /** Of the original, pixels; 65,535 for more. */
  width: { type: Uint16Array, each: 1 },
  height: { type: Uint16Array, each: 1 },
  /** It and those that were folded into it; 65,535 for more. */
  copies: { type: Uint16Array, each: 1 },
  /** Index into the list `shards`, first byte, bytes, index into IMAGE_ENCODINGS. */
  shard: { type: Uint16Array, each: 1 },
  offset: { type: Float64Array, each: 1 },
  length: { type: Uint32Array, each: 1 },
  encoding: { type: Uint8Array, each: 1 },
} as const;

/** What the shard holds: an encoding by the build, or the bytes that were imported. */
export const IMAGE_ENCODINGS = ['jpeg', 'png', 'imported'] as const;

type StoredColumn = keyof typeof STORED_COLUMNS;
type StoredColumns = { readonly [Name in StoredColumn]: InstanceType<(typeof STORED_COLUMNS)[Name]['type']> };

/** Texts that columns refer to. */
interface ColumnLists {
  /** In the order of labels. */
  readonly classes: readonly string[];
  readonly shards: readonly string[];
  /** At most 32: what comes later shares the last, which is called `other`. */
  readonly licenses: readonly string[];
  readonly engines: readonly string[];
  readonly hosts: readonly string[];
}

/**
 * The images of a data set, with what a split says of them, as one typed array a property: some 90 bytes an image, in the
 * order of the data set. What people decide is written into `state`, `decided` and `people`; those and `doubt` are in no file.
 */
export interface ImageColumns extends StoredColumns {
  readonly count: number;
  readonly lists: ColumnLists;
  /** Hosts of image i: `hosts[hostStart[i]]` up to `hosts[hostStart[i + 1]]`, indices into the list. */
  readonly hostStart: Uint32Array;
  readonly hosts: Uint32Array;
  /** 1 - the largest of the three probabilities, as SQL computes it of three reals; NaN without a split. Follows from them. */
  readonly doubt: Float64Array;
  /** Index into DECIDED_STATES. */
  readonly state: Uint8Array;
  /** The class that was decided, or NO_CLASS. */
  readonly decided: Uint16Array;
  /** One bit each of `persons`. */
  readonly people: Uint32Array;
  /** Who decided, in the order in which they were first met; from the 32nd on they share a bit. */
  readonly persons: string[];
  /** 1 where the image was to be forgotten since. */
  readonly forgotten: Uint8Array;
  /** Where images lie beside those that look alike; in a file of its own, null where there is none. */
  layout: ImageLayout | null;
}

/** What is known of an image without a split. */
export interface ColumnImage {
  /** Hex. */
  readonly sha256: string;
  readonly label: number;
  readonly width: number;
  readonly height: number;
  readonly copies: number;
  readonly flags: readonly ImageFlag[];
  /** Of all its listings. */
  readonly licenses: readonly string[];
  readonly engines: readonly string[];
  readonly hosts: readonly string[];
  readonly shard: string;
  readonly offset: number;
  readonly length: number;
  readonly encoding: (typeof IMAGE_ENCODINGS)[number];
}

/** What a split says of an image. */
export interface ColumnVerdict {
  readonly kind: NoiseKind;
  readonly cleanProbability: number;
  readonly closedProbability: number;
  readonly openProbability: number;
  readonly refinedLabel: number;
}

const MAX_BITS = 32;
const FLAG_BITS: ReadonlyMap<string, number> = new Map(IMAGE_FLAGS.map((flag, bit) => [flag, 1 << bit]));

/** Fills columns image by image. */
export class ColumnsBuilder {
  readonly #columns: StoredColumns;
  readonly #count: number;
  readonly #classes: readonly string[];
  readonly #hostStart: Uint32Array;
  readonly #hosts: number[] = [];
  readonly #names = {
    shards: new Names(),
    hosts: new Names(),
    licenses: new Names(MAX_BITS),
    engines: new Names(MAX_BITS),
  };
  #next = 0;

  constructor(count: number, classes: readonly string[]) {
    this.#count = count;
    this.#classes = classes;
    this.#columns = emptyColumns(count);
    this.#columns.kind.fill(NO_KIND);
    this.#columns.refined.fill(NO_CLASS);
    this.#hostStart = new Uint32Array(count + 1);
  }

  /** Adds the next image. @throws RangeError beyond the count */
  add(image: ColumnImage): void {
    const index = this.#next;
    if (index >= this.#count) throw new RangeError(`more than ${this.#count} images`);
    this.#next += 1;
    const columns = this.#columns;
    columns.digest.set(Buffer.from(image.sha256, 'hex'), index * 32);
    columns.given[index] = image.label;
    columns.width[index] = Math.min(image.width, 65_535);
    columns.height[index] = Math.min(image.height, 65_535);
    columns.copies[index] = Math.min(image.copies, 65_535);
    columns.flags[index] = bits(image.flags, (flag) => FLAG_BITS.get(flag) ?? 0);
    columns.licenses[index] = bits(image.licenses, (name) => 1 << this.#names.licenses.indexOf(name));
    columns.engines[index] = bits(image.engines, (name) => 1 << this.#names.engines.indexOf(name));
    for (const host of new Set(image.hosts)) this.#hosts.push(this.#names.hosts.indexOf(host));
    this.#hostStart[index + 1] = this.#hosts.length;
    columns.shard[index] = this.#names.shards.indexOf(image.shard);
    columns.offset[index] = image.offset;
    columns.length[index] = image.length;
    columns.encoding[index] = IMAGE_ENCODINGS.indexOf(image.encoding);
  }

  /** @param index of the image, from 0 */
  setVerdict(index: number, verdict: ColumnVerdict): void {
    const columns = this.#columns;
    columns.kind[index] = NOISE_KINDS.indexOf(verdict.kind);
    columns.clean[index] = verdict.cleanProbability;
    columns.closed[index] = verdict.closedProbability;
    columns.open[index] = verdict.openProbability;
    columns.refined[index] = verdict.refinedLabel;
  }

  finish(): ImageColumns {
    if (this.#next !== this.#count) throw new RangeError(`${this.#next} images of ${this.#count}`);
    const { shards, hosts, licenses, engines } = this.#names;
    return withDecisions(this.#columns, {
      count: this.#count,
      lists: {
        classes: this.#classes,
        shards: shards.all,
        hosts: hosts.all,
        licenses: licenses.all,
        engines: engines.all,
      },
      hostStart: this.#hostStart,
      hosts: Uint32Array.from(this.#hosts),
    });
  }
}

/** Columns of so many images, all 0. */
function emptyColumns(count: number): StoredColumns {
  return Object.fromEntries(
    Object.entries(STORED_COLUMNS).map(([name, { type, each }]) => [name, new type(count * each)]),
  ) as unknown as StoredColumns;
}

/** Adds the columns that are in no file, empty. */
export function withDecisions(
  stored: StoredColumns,
  rest: Pick<ImageColumns, 'count' | 'lists' | 'hostStart' | 'hosts'>,
): ImageColumns {
  return {
    ...stored,
    ...rest,
    doubt: doubts(stored),
    state: new Uint8Array(rest.count),
    decided: new Uint16Array(rest.count).fill(NO_CLASS),
    people: new Uint32Array(rest.count),
    persons: [],
    forgotten: new Uint8Array(rest.count),
    layout: null,
  };
}

function doubts({
  kind,
  clean,
  closed,
  open,
}: Pick<StoredColumns, 'kind' | 'clean' | 'closed' | 'open'>): Float64Array {
  const doubt = new Float64Array(kind.length);
  for (let row = 0; row < doubt.length; row += 1) {
    const largest = Math.max(clean[row] as number, closed[row] as number, open[row] as number);
    doubt[row] = kind[row] === NO_KIND ? Number.NaN : 1 - largest;
  }
  return doubt;
}

/** Numbers for texts, in the order in which they come. */
class Names {
  readonly #indices = new Map<string, number>();
  readonly #max: number;
  readonly all: string[] = [];

  constructor(max = Infinity) {
    this.#max = max;
  }

  indexOf(name: string): number {
    const known = this.#indices.get(name);
    if (known !== undefined) return known;
    if (this.all.length >= this.#max) {
      this.all[this.#max - 1] = 'other';
      return this.#max - 1;
    }
    this.#indices.set(name, this.all.length);
    return this.all.push(name) - 1;
  }
}

function bits<T>(values: readonly T[], bitOf: (value: T) => number): number {
  return values.reduce((all, value) => all | bitOf(value), 0) >>> 0;
}

/** SHA-256 of an image, hex. */
export function digestOf({ digest }: ImageColumns, index: number): string {
  return Buffer.from(digest.buffer, digest.byteOffset + index * 32, 32).toString('hex');
}
