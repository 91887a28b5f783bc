import type { ImageFacets, StudioSort } from '@winnow/contracts';
import { applyDecision } from './apply-decision';
import type { DecidedImage } from './apply-decision';
import { parseFilters } from './column-filters';
import type { FilterTexts } from './column-filters';
import { bitsOf, countFacets, rowsInOrder, scanColumns } from './scan-columns';
import type { FacetName, Scan } from './scan-columns';
import type { ImageColumns } from './image-columns';
import type { ImageLayout } from './layout-file';
import { RowsByDigest } from './rows-by-digest';
import { sortColumns } from './sort-columns';
import { whereRows } from './where-rows';

/** What a list is made of. */
export interface ListRequest {
  readonly filters: FilterTexts;
  readonly sort: StudioSort;
  readonly isDescending: boolean;
  /** An expression in the language of `build.where`; empty: all images. */
  readonly where?: string | undefined;
}

/** Part of a list. */
export interface ListWindow {
  readonly total: number;
  /** The same list has the same one until something changes it. */
  readonly version: number;
  readonly rows: Uint32Array;
}

/** Lists that are kept, the last ones asked for: at a million images one takes up to 4 MB, a scan 2. */
const MAX_LISTS = 16;
const MAX_SCANS = 8;

/** Lists of the images of one data set and split, made once and read by offset. */
export class ImageLists {
  readonly columns: ImageColumns;
  readonly #byDigest: RowsByDigest;
  readonly #orders = new Map<StudioSort, Uint32Array>();
  readonly #lists = new Kept<Uint32Array>(MAX_LISTS);
  readonly #scans = new Kept<Scan>(MAX_SCANS);
  readonly #facets = new Kept<ImageFacets>(MAX_SCANS);
  #version = 1;

  constructor(columns: ImageColumns) {
    this.columns = columns;
    this.#byDigest = new RowsByDigest(columns);
  }

  /** Grows whenever something was decided, or orders changed. */
  get version(): number {
    return this.#version;
  }

  /** Rows of the image with this digest: none, one, or more where a data set holds it more than once. */
  rowsOf(sha256: string): readonly number[] {
    return this.#byDigest.rowsOf(sha256);
  }

  /** All rows of a list. Not to be changed. @throws WinnowError USAGE as parseFilters and whereRows */
  list(request: ListRequest): Uint32Array {
    const { sort, isDescending } = request;
    const name = `${this.#scanName(request)} ${sort} ${isDescending}`;
    return this.#lists.get(name, () => this.#makeList(request));
  }

  /** Tells of a row whether it is in a list, as the list is now. @throws as `list` */
  membership(request: Pick<ListRequest, 'filters' | 'where'>): (row: number) => boolean {
    const { missed } = this.#scan(request);
    return (row) => missed[row] === 0;
  }

  /** @param from of the first row wanted, from 0 */
  window(request: ListRequest, from: number, count: number): ListWindow {
    const rows = this.list(request);
    return { total: rows.length, version: this.#version, rows: rows.subarray(from, from + count) };
  }

  /** @param texts part of the values that are wanted, by facet */
  facets(
    request: Pick<ListRequest, 'filters' | 'where'>,
    texts: Readonly<Partial<Record<FacetName, string>>> = {},
  ): ImageFacets {
    return this.#facets.get(`${this.#scanName(request)} ${JSON.stringify(texts)}`, () =>
      countFacets(this.columns, parseFilters(request.filters, this.columns), this.#scan(request), texts),
    );
  }

  /** One bit an image in the order of the data set, the lowest bit first: whether it is in a list. @throws as `list` */
  bits(request: Pick<ListRequest, 'filters' | 'where'>): Uint8Array {
    return bitsOf(this.#scan(request));
  }

  /** Writes what people say of images now; those of other data sets are passed over. */
  applyDecisions(decided: Iterable<DecidedImage>): void {
    for (const { sha256, ...opinion } of decided) applyDecision(this.columns, this.rowsOf(sha256), opinion);
    // Other lists hold the same images as before, however they are marked.
    this.#changed((name) => /decided|by/.test(name));
  }

  /** Marks images that were to be forgotten since. */
  forget(rows: readonly number[]): void {
    const { forgotten } = this.columns;
    const found = rows.filter((row) => forgotten[row] === 0);
    for (const row of found) forgotten[row] = 1;
    if (found.length > 0) this.#changed(() => false);
  }

  /** Where images lie by likeness from now on. @throws RangeError for a layout of another number of images */
  useLayout(layout: ImageLayout | null): void {
    if (layout === this.columns.layout) return;
    if (layout !== null && layout.count !== this.columns.count) throw new RangeError(`a layout of ${layout.count}`);
    this.columns.layout = layout;
    this.#changed((name) => name.includes('neighbours'));
  }

  #changed(isStale: (name: string) => boolean): void {
    this.#version += 1;
    this.#lists.drop(isStale);
    this.#scans.drop(isStale);
    this.#facets.drop(() => true);
  }

  #makeList(request: ListRequest): Uint32Array {
    const list = rowsInOrder(this.#scan(request), this.#order(request.sort));
    return request.isDescending ? list.reverse() : list;
  }

  #order(sort: StudioSort): Uint32Array {
    const known = this.#orders.get(sort);
    if (known !== undefined) return known;
    const order = sortColumns(this.columns, sort);
    this.#orders.set(sort, order);
    return order;
  }

  #scan(request: Pick<ListRequest, 'filters' | 'where'>): Scan {
    return this.#scans.get(this.#scanName(request), () =>
      scanColumns(this.columns, parseFilters(request.filters, this.columns), this.#whereRows(request.where)),
    );
  }

  #whereRows(where: string | undefined): Uint8Array | undefined {
    return where === undefined || where.trim() === '' ? undefined : whereRows(where, this.columns, this.#byDigest);
  }

  #scanName({ filters, where }: Pick<ListRequest, 'filters' | 'where'>): string {
    const named = Object.entries(filters).filter(([, text]) => text !== '');
    return JSON.stringify([named.sort(([a], [b]) => (a < b ? -1 : 1)), where ?? '']);
  }
}

/** The last few things that were asked for. */
class Kept<T> {
  readonly #most: number;
  readonly #values = new Map<string, T>();

  constructor(most: number) {
    this.#most = most;
  }

  get(name: string, make: () => T): T {
    const value = this.#values.get(name) ?? make();
    this.#values.delete(name);
    this.#values.set(name, value);
    const [oldest] = this.#values.keys();
    if (this.#values.size > this.#most && oldest !== undefined) this.#values.delete(oldest);
    return value;
  }

  drop(isStale: (name: string) => boolean): void {
    for (const name of this.#values.keys()) if (isStale(name)) this.#values.delete(name);
  }
}
