import type {
  DecidedState,
  Decision,
  ImageDetail,
  ImageFacets,
  ImageSquares,
  ImageTile,
  ImageWindow,
  NoiseKind,
} from '@winnow/contracts';
import { tinyPng } from './tiny-png';

export const STUB_CLASSES = ['cat', 'dog', 'fox', 'wolf, grey', 'bear'];
const KINDS: readonly NoiseKind[] = ['clean', 'clean', 'closed', 'open'];
const LICENSES = ['CC0', 'CC BY', 'not stated'];

/** What decisions make of images: by sha256, the newest last; undone ones taken out. */
type StubLog = readonly Decision[];

/** Digest of image `index` of the stub: its place, in hex. */
export const stubSha256 = (index: number): string => index.toString(16).padStart(64, '0');

function stubTile(index: number, log: StubLog): ImageTile {
  const kind = KINDS[index % KINDS.length] ?? 'clean';
  const sha256 = stubSha256(index);
  const says = log.findLast((decision) => decision.sha256 === sha256)?.says ?? 'cleared';
  const state: DecidedState = says === 'cleared' ? 'none' : says === 'unsure' ? 'unsure' : 'decided';
  const decided = says.startsWith('class:') ? STUB_CLASSES.indexOf(says.slice('class:'.length)) : null;
  const refined = kind === 'closed' ? (index + 1) % STUB_CLASSES.length : index % STUB_CLASSES.length;
  return {
    index,
    sha256,
    kind,
    given: index % STUB_CLASSES.length,
    refined,
    doubt: ((index * 7) % 100) / 100,
    state,
    decided,
  };
}

/** Values of an image by filter. */
function valueOf(name: string, { kind, given, refined, state, index }: ImageTile): string {
  const values: Readonly<Record<string, string | null | undefined>> = {
    kind,
    given: STUB_CLASSES[given],
    refined: STUB_CLASSES[refined ?? -1],
    license: LICENSES[index % LICENSES.length],
    engine: index % 2 === 0 ? 'openverse' : 'commons',
    host: `host-${index % 9}.test`,
    flag: index % 11 === 0 ? 'blurry' : '',
    decided: state,
  };
  return values[name] ?? '';
}

const LISTS = ['kind', 'given', 'refined', 'flag', 'license', 'engine', 'host', 'decided'] as const;

/** Whether an image passes all filters of an address but one. */
function passes(tile: ImageTile, search: URLSearchParams, except = ''): boolean {
  const isListed = LISTS.every((name) => {
    const wanted = name === except ? '' : (search.get(name) ?? '');
    const values = wanted.split(/(?<!\\),/).map((value) => value.replaceAll('\\,', ','));
    return wanted === '' || values.includes(valueOf(name, tile));
  });
  const [from = '', to = ''] = (search.get('doubt') ?? '-').split('-');
  const doubt = tile.doubt ?? 0;
  return isListed && doubt >= Number(from || 0) && doubt <= Number(to || 1);
}

/** Of every fiftieth image there is none. */
export function stubPicture(sha256: string): Buffer | null {
  const index = Number.parseInt(sha256, 16);
  return index % 50 === 13 ? null : tinyPng(index);
}

/** Its address, as a list has it. */
export function stubSquare(sha256: string): string | null {
  const png = stubPicture(sha256);
  return png && `data:image/png;base64,${png.toString('base64')}`;
}

export function stubSquares(search: URLSearchParams): ImageSquares {
  return { squares: (search.get('sha256') ?? '').split(',').map(stubSquare) };
}

/** @param total images of the data set; filters look at each, so that millions are for lists without any */
export function stubWindow(total: number, search: URLSearchParams, log: StubLog): ImageWindow {
  const [from, count] = [Number(search.get('from') ?? 0), Number(search.get('count') ?? 60)];
  const facts = { of: total, version: 1 };
  const isWhole = [...search.keys()].every((name) => ['from', 'count', 'b', 's', 'sort', 'descending'].includes(name));
  if (isWhole && (search.get('sort') ?? 'position') === 'position') {
    const tiles = Array.from({ length: Math.max(0, Math.min(count, total - from)) }, (_, step) =>
      stubTile(from + step, log),
    );
    return { ...facts, total, tiles };
  }
  const found = Array.from({ length: total }, (_, index) => stubTile(index, log)).filter((tile) =>
    passes(tile, search),
  );
  const sign = search.get('descending') === '1' ? -1 : 1;
  if (search.get('sort') === 'doubt') found.sort((a, b) => sign * ((a.doubt ?? 0) - (b.doubt ?? 0)));
  const tiles = found.slice(from, from + count).map((tile, step) => ({ ...tile, index: from + step }));
  return { ...facts, total: found.length, tiles };
}

export function stubFacets(total: number, search: URLSearchParams, log: StubLog): ImageFacets {
  const tiles = Array.from({ length: Math.min(total, 5000) }, (_, index) => stubTile(index, log));
  const facet = (name: string): { value: string; label: string; count: number }[] => {
    const counts = new Map<string, number>();
    for (const tile of tiles) {
      const value = valueOf(name, tile);
      if (value !== '' && passes(tile, search, name)) counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    return [...counts].map(([value, count]) => ({ value, label: value, count })).sort((a, b) => b.count - a.count);
  };
  const facets = Object.fromEntries(LISTS.map((name) => [name, facet(name)])) as unknown as ImageFacets['facets'];
  return { total: tiles.filter((tile) => passes(tile, search)).length, facets };
}

/** Image 13 has lost its original, and every title is hostile. */
export function stubDetail(index: number, log: StubLog): ImageDetail {
  const { index: _index, ...tile } = stubTile(index, log);
  const history = log.filter(({ sha256 }) => sha256 === tile.sha256);
  return {
    ...tile,
    key: String(index).padStart(9, '0'),
    width: 640,
    height: 480,
    probabilities: [0.21, 0.61, 0.18],
    flags: index % 11 === 0 ? ['blurry'] : [],
    copies: index % 4,
    conflicts: [],
    listings: [
      {
        className: 'cat',
        engine: 'openverse',
        title: '<img src=x onerror="document.title=1"> A cat \u202e on a mat',
        creator: 'Somebody',
        license: 'CC BY 4.0',
        pageUrl: 'https://example.test/cat',
        imageUrl: null,
      },
      {
        className: 'cat',
        engine: 'commons',
        title: null,
        creator: null,
        license: null,
        pageUrl: 'javascript:document.title=2',
        imageUrl: null,
      },
    ],
    history: history.map(({ id, says, origin, batch }) => {
      return { id, person: 'Anna', says, origin, batch, at: '2026-11-30T12:00:00.000Z', isUndone: false };
    }),
    missing: index === 13 ? 'The original is gone. winnow verify birds.yaml --repair fetches it again.' : null,
  };
}
