import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { OUTCOMES } from '@winnow/contracts';
import type { Outcome, SampleRecord } from '@winnow/contracts';
import { openDatabase } from '@winnow/db';
import { startBehaviourWeb } from '@winnow/testing';
import type { BehaviourId, BehaviourWeb, OddEncoders, Location } from '@winnow/testing';
import sharp from 'sharp';
import { runMain } from './spec-support/run-main';

const WORKSPACE = path.resolve(__dirname, '../../..');
const TABLE = path.resolve(WORKSPACE, '../shared/fixtures/image_host_behaviours.json');

interface Row {
  readonly id: string;
  readonly outcome: string;
}
const behaviours = existsSync(TABLE)
  ? (JSON.parse(readFileSync(TABLE, 'utf8')) as { behaviours: readonly Row[] }).behaviours
  : [];

/** Behaviours that need what a command line cannot give: a resolver of ones own, a process to kill. */
const SHOWN_ELSEWHERE: Readonly<Record<string, string>> = {
  'dns-rebind': 'apps/crawler/src/http/hostile-addresses.spec.ts',
  'killed-mid-write': 'apps/winnow/src/demo/kill-demo.spec.ts',
};

/** What the table says in words, of all variants of a behaviour or of each. */
const PROSE: Readonly<Record<string, readonly Outcome[] | Readonly<Record<string, Outcome>>>> = {
  'stored or duplicate_near': ['stored', 'duplicate_near'],
  'stored (flag low_information)': ['stored'],
  'forbidden or stored after one retry with Referer': { referer: 'stored', always: 'forbidden' },
  'stored (first frame) or format_refused, by policy': ['stored'],
  'stored or opted_out, by the second header': { other: 'stored', ours: 'opted_out' },
  'opted_out under the switch': ['opted_out'],
  'robots_disallowed (5xx) or stored (4xx)': {
    'status-503': 'robots_disallowed',
    timeout: 'robots_disallowed',
    'status-404': 'stored',
  },
  // No cookie is kept.
  'stored or too_many_redirects': ['too_many_redirects'],
  'stored (new version)': ['stored'],
  'stored or url_refused': { data: 'url_refused', 'no-scheme': 'stored' },
  'stored once': ['stored'],
};

/** Variants beside those that the table speaks of: what must not be refused along with them. */
const CONTROLS: Readonly<Record<string, Readonly<Record<string, Outcome>>>> = {
  'robots-disallow': { allowed: 'stored', 'not-ours': 'stored' },
};

/** Told by the second crawl. */
const OF_SECOND_CRAWL: ReadonlySet<string> = new Set(['etag', 'drifted']);

const isList = (said: (typeof PROSE)[string]): said is readonly Outcome[] => Array.isArray(said);

/** Throws for what it does not know. */
function outcomesAllowed({ id, outcome }: Row, variant: string): readonly Outcome[] {
  const control = CONTROLS[id]?.[variant];
  if (control !== undefined) return [control];
  const said = PROSE[outcome] ?? OUTCOMES.filter((name) => name === outcome);
  const allowed = isList(said) ? said : [said[variant]].flatMap((one) => one ?? []);
  if (allowed.length === 0) throw new Error(`the table says "${outcome}" of ${id}, which this spec does not know`);
  return allowed;
}

const raw = ({ width, height, data }: Parameters<OddEncoders['webp']>[0]) =>
  sharp(data, { raw: { width, height, channels: 3 } });
const ENCODERS: OddEncoders = {
  webp: (image) => raw(image).webp({ quality: 90 }).toBuffer(),
  avif: (image) => raw(image).avif({ quality: 70, effort: 0 }).toBuffer(),
  cmykJpeg: (image) => raw(image).toColourspace('cmyk').withIccProfile('cmyk').jpeg({ quality: 90 }).toBuffer(),
  async animatedWebp(frames) {
    const files = await Promise.all(frames.map((frame) => raw(frame).png().toBuffer()));
    return sharp(files, { join: { animated: true } })
      .webp({ quality: 90, loop: 0 })
      .toBuffer();
  },
};

interface FetchRow {
  readonly canonical_url: string;
  readonly outcome: Outcome;
  readonly detail: string | null;
  readonly final_url: string | null;
  readonly sha256: string | null;
}
interface ImageRow {
  readonly sha256: string;
  readonly width: number;
  readonly height: number;
  readonly pdq_quality: number | null;
}
interface BuildRow {
  readonly sha256: string;
  readonly outcome: Outcome;
  readonly conflicts: readonly string[];
}

/** Everything that the database says after a step. */
interface State {
  readonly fetches: ReadonlyMap<string, FetchRow>;
  readonly images: ReadonlyMap<string, ImageRow>;
  /** By digest: `stored` for samples, else why it was left out. */
  readonly built: ReadonlyMap<string, BuildRow>;
  /** URLs by digest, in the order in which they were listed under one class. */
  readonly listed: readonly { readonly url: string; readonly className: string }[];
  readonly occurrences: readonly string[];
}

let folder: string;
let web: BehaviourWeb;
let first: State;
let second: State;
let shards: Buffer;

async function run(line: readonly string[]): Promise<{ exitCode: number; json: Record<string, unknown> }> {
  const env = { WINNOW_LOOPBACK_ONLY: '1' };
  const { exitCode, stdout, stderr } = await runMain([...line, '--json'], { folder, env });
  if (exitCode !== 0 && exitCode !== 3) throw new Error(`winnow ${line.join(' ')}: ${stdout}${stderr}`);
  return { exitCode, json: JSON.parse(stdout) as Record<string, unknown> };
}

async function readState(): Promise<State> {
  const { db, close } = await openDatabase({ stateDir: path.join(folder, '.winnow'), holder: 'spec' });
  const rows = async <T>(text: string): Promise<readonly T[]> =>
    ((await db.execute(text)) as unknown as { rows: T[] }).rows;
  try {
    const fetches = await rows<FetchRow>('select canonical_url, outcome, detail, final_url, sha256 from fetches');
    const images = await rows<ImageRow>('select sha256, width, height, pdq_quality from images');
    const built = await rows<BuildRow>(
      "select sha256, outcome, '[]'::jsonb as conflicts from exclusions union all select sha256, 'stored', conflicts from samples",
    );
    const listed = await rows<{ url: string; className: string }>(
      'select distinct on (class_name, canonical_url) canonical_url as url, class_name as "className", page, rank from hits where canonical_url is not null order by class_name, canonical_url, page, rank',
    );
    const order = listed as unknown as { url: string; className: string; page: number; rank: number }[];
    const occurrences = await rows<{ sha256: string }>('select sha256 from sightings');
    return {
      fetches: new Map(fetches.map((row) => [row.canonical_url, row])),
      images: new Map(images.map((row) => [row.sha256, row])),
      built: new Map(built.map((row) => [row.sha256, row])),
      listed: [...order].sort((a, b) => a.page - b.page || a.rank - b.rank),
      occurrences: occurrences.map(({ sha256 }) => sha256),
    };
  } finally {
    await close();
  }
}

/** Digests of the images that the build flags as low_information. */
function flaggedDigests(): readonly string[] {
  const builds = path.join(folder, '.winnow/builds');
  return readdirSync(builds).flatMap((build) =>
    readFileSync(path.join(builds, build, 'samples.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as SampleRecord)
      .filter(({ flags }) => flags?.includes('low_information') === true)
      .map(({ sha256 }) => sha256),
  );
}

/** What became of one URL, from listing to data set. */
function outcomeOf(state: State, url: string | null): Outcome | 'not listed' {
  // A URL that is none has no row: it is refused where it is read.
  if (url === null) return 'url_refused';
  const fetch = state.fetches.get(url);
  if (fetch === undefined) return 'not listed';
  if (fetch.outcome !== 'stored' || fetch.sha256 === null) return fetch.outcome;
  const own = state.listed.find((entry) => entry.url === url);
  const same = state.listed.find(
    (entry) => entry.className === own?.className && state.fetches.get(entry.url)?.sha256 === fetch.sha256,
  );
  if (same?.url !== url) return 'duplicate_bytes';
  return state.built.get(fetch.sha256)?.outcome ?? 'stored';
}

const locationsOf = (id: string): readonly Location[] => web.locations.get(id as BehaviourId) ?? [];
const location = (id: string, variant: string): Location =>
  locationsOf(id).find((one) => one.variant === variant) as Location;
const withoutScheme = (url: string | null): string => (url ?? '').replace(/^https?:\/\//, '');
const requestsFor = (id: string, variant: string, crawl = 1) =>
  web.requests.filter(({ url, round }) => round === crawl && url === withoutScheme(location(id, variant).url));
const gaps = (times: readonly { readonly atMillis: number }[]): readonly number[] =>
  times.slice(1).map(({ atMillis }, index) => atMillis - (times[index]?.atMillis ?? 0));
const imageOf = (state: State, id: string, variant: string): ImageRow | undefined =>
  state.images.get(state.fetches.get(location(id, variant).url ?? '')?.sha256 ?? '');

/** What an outcome alone does not tell. */
const MORE: Readonly<Record<string, () => void>> = {
  'dup-url': () => {
    const digest = first.fetches.get(location('ok', 'image').url ?? '')?.sha256;
    expect(first.occurrences.filter((sha256) => sha256 === digest)).toHaveLength(3);
  },
  flat: () => {
    for (const variant of ['blue', 'red']) {
      const image = imageOf(first, 'flat', variant);
      expect(image?.pdq_quality).toBeLessThan(50);
      expect(flaggedDigests()).toContain(image?.sha256);
    }
  },
  'wrong-class': () => {
    const digest = first.fetches.get(location('wrong-class', 'wrong').url ?? '')?.sha256 ?? '';
    expect(first.built.get(digest)?.conflicts).toHaveLength(1);
  },
  gone: () => {
    for (const variant of ['status-404', 'status-410']) expect(requestsFor('gone', variant)).toHaveLength(1);
  },
  'html-as-jpg': () => expect(requestsFor('html-as-jpg', 'login')).toHaveLength(1),
  forbidden: () => {
    for (const variant of ['referer', 'always']) {
      const [before, after, ...others] = requestsFor('forbidden', variant);
      expect([before?.headers.referer, after?.headers.referer, others]).toEqual([
        undefined,
        `http://page.fixture.test/forbidden/${variant}`,
        [],
      ]);
    }
  },
  rate: () => {
    const asked = gaps(requestsFor('rate', 'image').slice(0, 3));
    expect(asked).toHaveLength(2);
    for (const gap of asked) expect(gap).toBeGreaterThan(1900);
  },
  flaky: () => expect(requestsFor('flaky', 'image').length).toBeGreaterThanOrEqual(3),
  'cmyk-exif': () => expect(imageOf(first, 'cmyk-exif', 'lying')).toMatchObject({ width: 240, height: 320 }),
  'redirect-chain': () => {
    const { final_url } = first.fetches.get(location('redirect-chain', 'start').url ?? '') ?? {};
    expect(final_url).toBe('http://moved.fixture.test/b/redirect-chain/3');
  },
  'redirect-ssrf': () => expect(web.canaryConnections()).toBe(0),
  'robots-disallow': () => {
    for (const variant of ['private', 'ours']) expect(requestsFor('robots-disallow', variant)).toEqual([]);
  },
  'robots-delay': () => {
    const asked = web.requests.filter(({ url }) => url.startsWith('robots-delay.fixture.test/')).slice(0, 3);
    expect(asked.map(({ url }) => url)).toContain(withoutScheme(location('robots-delay', 'slowly').url));
    expect(asked).toHaveLength(3);
    // Two pauses of two seconds: on a busy machine the server is told late of the first request, and of the last in time.
    expect((asked[2]?.atMillis ?? 0) - (asked[0]?.atMillis ?? 0)).toBeGreaterThan(3000);
  },
  etag: () => {
    const [before, after] = [1, 2].flatMap((crawl) => requestsFor('etag', 'same', crawl));
    expect([before?.headers['if-none-match'], after?.headers['if-none-match']]).toEqual([undefined, '"the-one"']);
  },
  drifted: () => {
    const url = location('drifted', 'changing').url ?? '';
    const [before, after] = [first, second].map((state) => state.fetches.get(url)?.sha256 ?? '');
    expect(before).not.toBe(after);
    expect([...second.images.keys()]).toEqual(expect.arrayContaining([before, after]));
    expect(second.occurrences).toEqual(expect.arrayContaining([before, after]));
  },
  'data-uri': () => expect([...first.fetches.keys()].filter((url) => url.startsWith('data:'))).toEqual([]),
  'odd-url': () => {
    const hosts = [...first.fetches.keys()].filter((url) => url.includes('/odd-url/'));
    expect(hosts).toHaveLength(locationsOf('odd-url').length);
    for (const { variant } of locationsOf('odd-url'))
      expect([variant, requestsFor('odd-url', variant).length]).toEqual([variant, 1]);
  },
};

const describeShared = behaviours.length > 0 ? describe : describe.skip;

describeShared('the table of image hosts', () => {
  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'winnow-behaviours-'));
    web = await startBehaviourWeb({ queries: ['disc', 'square'], encoders: ENCODERS });
    for (const name of ['disc', 'square']) mkdirSync(path.join(folder, 'test', name), { recursive: true });
    writeFileSync(path.join(folder, 'test', 'disc', 'held-out.jpg'), web.heldOut);
    const project = {
      name: 'behaviours',
      classes: ['disc', 'square'].map((name) => ({ name, queries: [name] })),
      harvest: {
        engines: ['openverse'],
        perClass: 1000,
        contact: 'test@example.test',
        checkPages: 'all',
        delayMillis: 0,
        concurrency: 64,
        perHost: 16,
        minSide: 64,
        maxBytes: 2_000_000,
        resolve: web.resolve,
      },
      evaluate: { test: 'test' },
    };
    writeFileSync(path.join(folder, 'p.yaml'), JSON.stringify(project));
    await run(['crawl', 'p.yaml']);
    const { json } = await run(['build', 'p.yaml']);
    const directory = String(json['directory']);
    const tars = readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.tar'));
    shards = Buffer.concat(tars.map((name) => readFileSync(path.join(directory, name))));
    first = await readState();
    web.beginRound(2);
    await run(['crawl', 'p.yaml', '--since', '0h']);
    second = await readState();
  });
  afterAll(async () => {
    await web.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('holds nothing that the web does not do, and the web nothing else', () => {
    const known = [...web.locations.keys(), ...Object.keys(SHOWN_ELSEWHERE)];
    expect(behaviours.map(({ id }) => id).sort()).toEqual(known.sort());
    for (const file of Object.values(SHOWN_ELSEWHERE)) expect(existsSync(path.join(WORKSPACE, file))).toBe(true);
  });

  it.each(behaviours.filter(({ id }) => SHOWN_ELSEWHERE[id] === undefined))('$id: $outcome', (row) => {
    const state = OF_SECOND_CRAWL.has(row.id) ? second : first;
    expect(locationsOf(row.id)).not.toEqual([]);
    for (const { variant, url } of locationsOf(row.id)) {
      const outcome = outcomeOf(state, url);
      const { detail } = state.fetches.get(url ?? '') ?? {};
      expect({ variant, outcome, detail, allowed: outcomesAllowed(row, variant).includes(outcome as Outcome) }).toEqual(
        {
          variant,
          outcome,
          detail,
          allowed: true,
        },
      );
    }
    MORE[row.id]?.();
  });

  it('puts nothing of a file into the data set but its pixels', () => {
    expect(shards.length).toBeGreaterThan(10_000);
    expect(shards.includes('Exif\0\0')).toBe(false);
  });

  it('downloads nothing again that is the same as before', () => {
    const again = [...second.fetches].filter(([url, { outcome }]) => {
      return first.fetches.get(url)?.outcome === 'stored' && outcome !== 'unchanged';
    });
    expect(again.map(([url]) => url)).toEqual([location('drifted', 'changing').url]);
  });
});
