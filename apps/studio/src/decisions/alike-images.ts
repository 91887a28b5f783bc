import type { AlikeImages } from '@winnow/contracts';
import { DECIDED_STATES, digestOf } from '@winnow/columns';
import type { ImageLists } from '@winnow/columns';
import { projectEmbeddings } from '@winnow/db';
import { SeededRandom } from '@winnow/random';
import { alikeRows, usualSimilarity } from '@winnow/review';
import type { ClassFeatures, DecisionLog } from '@winnow/review';
import type { OpenImages } from '../images/studio-images';
import type { StudioContext } from '../server/studio-context';

const SHOWN = 10;
/** Of a larger class a part is looked at: 8 MB of a network with 512 features. */
const MAX_ROWS = 4096;
/** `winnow embed` may have run again meanwhile. */
const FRESH_MILLIS = 300_000;
/** Classes that are kept. */
const MAX_CLASSES = 8;
const NONE = DECIDED_STATES.indexOf('none');

interface KnownClass {
  readonly network: string;
  readonly features: ClassFeatures;
  /** Rows of the data set. */
  readonly rows: readonly number[];
  readonly usual: number;
  /** It has all images of the class of which something was stored. */
  readonly isWhole: boolean;
}

interface AlikeRequest {
  readonly sha256: string;
  /** As it is now. */
  readonly log: DecisionLog;
  /** Rows that may be offered, undecided ones only; without it every image is, however far. */
  readonly isOffered?: (row: number) => boolean;
}

/** Undecided images that look as one does and were found as the same class, by what `winnow embed` stored. */
export class AlikeFinder {
  readonly #context: Pick<StudioContext, 'config' | 'projectFile' | 'database' | 'decisions'>;
  readonly #classes = new Map<string, { readonly found: Promise<KnownClass | null>; readonly readAt: number }>();

  constructor(context: Pick<StudioContext, 'config' | 'projectFile' | 'database' | 'decisions'>) {
    this.#context = context;
  }

  /**
   * Images that somebody said to be no copies of it come first, then the nearest that are nearer than is usual in the class.
   * @throws WinnowError as StudioDatabase.use
   */
  async find(open: OpenImages, { sha256, log, isOffered }: AlikeRequest): Promise<AlikeImages> {
    const { lists } = open;
    const { columns } = lists;
    const own = new Set(lists.rowsOf(sha256));
    const [first] = own;
    if (first === undefined) return { images: [], missing: null };
    const isMeant = (row: number): boolean =>
      !own.has(row) &&
      columns.forgotten[row] === 0 &&
      (isOffered === undefined || (columns.state[row] === NONE && isOffered(row)));
    const apart = (await this.#keptApart(sha256, log)).filter((other) => lists.rowsOf(other).some(isMeant));
    const among = await this.#among(open, sha256, [...own]);
    if (among === null) return { images: apart, missing: `winnow embed ${this.#context.projectFile}` };
    const { known, vector } = among;
    const near = alikeRows(known.features, vector, {
      ...{ above: isOffered === undefined ? -1 : known.usual, count: SHOWN },
      isMeant: (at) => isMeant(known.rows[at] as number),
    }).map(({ row }) => digestOf(columns, known.rows[row] as number));
    return { images: [...new Set([...apart, ...near])], missing: null };
  }

  /** What was said to be no copy of it looks much like it all the same. */
  async #keptApart(sha256: string, log: DecisionLog): Promise<readonly string[]> {
    const { pairs } = await this.#context.decisions.ofBuilds(log);
    return [...pairs.values()].flatMap(({ sha256: one, otherSha256: other, says }) => {
      if (says !== 'not-a-copy' || (one !== sha256 && other !== sha256)) return [];
      return [one === sha256 ? other : one];
    });
  }

  /** @returns null where nothing is stored of the image */
  async #among(
    { build, lists }: OpenImages,
    sha256: string,
    own: readonly number[],
  ): Promise<{ readonly known: KnownClass; readonly vector: Float32Array } | null> {
    const given = lists.columns.given[own[0] as number] as number;
    const name = `${build.id} ${given}`;
    // Where nothing is stored of the image itself, its class is not read for it.
    const ofImage = this.#isFresh(name) ? null : await this.#ofImage(sha256);
    if (ofImage === undefined) return null;
    const known = await this.#read(name, lists, given);
    if (known === null) return null;
    const { values, dim } = known.features;
    const at = known.rows.findIndex((row) => own.includes(row));
    if (at >= 0) return { known, vector: values.subarray(at * dim, (at + 1) * dim) };
    const found = ofImage ?? (await this.#ofImage(sha256));
    if (found === undefined) return null;
    const { vector } = found;
    if (found.network === known.network && !known.isWhole) return { known, vector };
    // `winnow embed` went on, or ran with another network, since the class was read.
    this.#classes.delete(name);
    const renewed = await this.#read(name, lists, given);
    return renewed?.network === found.network ? { known: renewed, vector } : null;
  }

  async #ofImage(sha256: string): Promise<{ readonly network: string; readonly vector: Float32Array } | undefined> {
    const found = await this.#embeddings([sha256]);
    const vector = found?.values.get(sha256);
    return found === null || vector === undefined ? undefined : { network: found.network, vector };
  }

  #embeddings(digests: readonly string[]): ReturnType<typeof projectEmbeddings> {
    const { database, config } = this.#context;
    return database.useOnceThere((db) => projectEmbeddings(db, config.name, digests));
  }

  #isFresh(name: string): boolean {
    return performance.now() - (this.#classes.get(name)?.readAt ?? -Infinity) < FRESH_MILLIS;
  }

  /** @returns null where nothing is stored of its images; asked again, it may be */
  #read(name: string, lists: ImageLists, given: number): Promise<KnownClass | null> {
    const before = this.#isFresh(name) ? this.#classes.get(name) : undefined;
    const entry = before ?? { found: this.#readClass(lists, given), readAt: performance.now() };
    this.#classes.delete(name);
    this.#classes.set(name, entry);
    const forget = (): void => {
      if (this.#classes.get(name) === entry) this.#classes.delete(name);
    };
    entry.found.then((found) => (found === null ? forget() : undefined), forget);
    const [oldest] = this.#classes.keys();
    if (this.#classes.size > MAX_CLASSES && oldest !== undefined) this.#classes.delete(oldest);
    return entry.found;
  }

  async #readClass({ columns }: ImageLists, given: number): Promise<KnownClass | null> {
    const all: number[] = [];
    for (let row = 0; row < columns.count; row += 1) if (columns.given[row] === given) all.push(row);
    const drawn = all.length <= MAX_ROWS ? all : drawRows(all, given);
    const found = await this.#embeddings(drawn.map((row) => digestOf(columns, row)));
    const rows = drawn.filter((row) => found?.values.has(digestOf(columns, row)));
    if (found === null || rows.length === 0) return null;
    const vectors = rows.map((row) => found.values.get(digestOf(columns, row)) as Float32Array);
    const dim = vectors[0]?.length ?? 0;
    const values = new Float32Array(rows.length * dim);
    vectors.forEach((vector, at) => values.set(vector.subarray(0, dim), at * dim));
    const features = { values, dim };
    return { network: found.network, features, rows, usual: usualSimilarity(features, given), isWhole: drawn === all };
  }
}

function drawRows(rows: readonly number[], seed: number): readonly number[] {
  const drawn = new SeededRandom(seed).fork('alike').permutation(rows.length).subarray(0, MAX_ROWS);
  return [...drawn].sort((a, b) => a - b).map((at) => rows[at] as number);
}
