import { parseUrl } from '@winnow/contracts';
import type { Provenance, SampleRecord } from '@winnow/contracts';
import { licenseAddress, licenseName, licenseRank, statedLicense } from '@winnow/dedup';

const COLUMNS = ['key', 'title', 'creator', 'license', 'licenseUrl', 'pageUrl', 'imageUrl', 'alsoStated'] as const;
const NOT_STATED = 'not stated';

/**
 * ATTRIBUTION.tsv: a header, then for each image what its licence asks to be named, of the best listing; other
 * licences that were stated of the image or its copies stand in the last column. Equal records give equal bytes.
 */
export function* attributionLines(records: Iterable<SampleRecord>): Generator<string> {
  yield line(COLUMNS);
  for (const { key, provenance } of records) {
    const best = bestSource(provenance);
    if (best === undefined) {
      yield line([key, '', '', NOT_STATED, '', '', '', '']);
      continue;
    }
    const { title, creator, pageUrl, imageUrl } = best;
    const { label, link } = readLicense(best);
    const others = new Map(provenance.map(readLicense).map((license) => [license.label, license.link]));
    others.delete(label);
    others.delete(null);
    const also = [...others].map(([name, link]) => (link === '' ? textCell(name) : `${textCell(name)} ${link}`));
    yield line([
      key,
      textCell(title),
      textCell(creator),
      textCell(label ?? NOT_STATED),
      link,
      urlCell(pageUrl),
      urlCell(imageUrl),
      also.join('; '),
    ]);
  }
}

/** The listing to attribute an image by: freest licence, then one that names the creator, then the first. */
export function bestSource(provenance: readonly Provenance[]): Provenance | undefined {
  let best: Provenance | undefined;
  let bestOrder = Infinity;
  for (const source of provenance) {
    const order = 2 * readLicense(source).rank + (source.creator === null ? 1 : 0);
    if (order >= bestOrder) continue;
    best = source;
    bestOrder = order;
  }
  return best;
}

/** A stated licence in its usual spelling, or as it was stated where it is not known; null where none was. */
export function licenseLabel(source: Pick<Provenance, 'license' | 'licenseUrl'>): string | null {
  return readLicense(source).label;
}

interface ReadLicense {
  readonly label: string | null;
  readonly rank: number;
  /** An address, or nothing. */
  readonly link: string;
}

/** A million listings state the same few licences. */
const READ_LICENSES = new Map<string, ReadLicense>();
const MAX_READ = 1000;

function readLicense({ license, licenseUrl }: Pick<Provenance, 'license' | 'licenseUrl'>): ReadLicense {
  const stated = JSON.stringify([license, licenseUrl]);
  let read = READ_LICENSES.get(stated);
  if (read === undefined) {
    const known = statedLicense({ license, licenseUrl });
    const text = [license, licenseUrl].find((one) => (one ?? '').trim() !== '')?.trim() ?? null;
    const label = known === undefined ? text : licenseName(known);
    const link = (known === undefined ? undefined : licenseAddress(known)) ?? urlCell(licenseUrl);
    read = { label, rank: licenseRank(label), link };
    if (READ_LICENSES.size >= MAX_READ) READ_LICENSES.clear();
    READ_LICENSES.set(stated, read);
  }
  return read;
}

/** Ends lines, moves the cursor or turns the direction of what follows. */
const UNPRINTABLE = /[\s\p{Cc}\p{Cs}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]+/gu;
/** A spreadsheet takes a cell that begins with one of these, or with its wide form, for a formula. */
const FORMULA = /^[=+\-@|%\uff1d\uff0b\uff0d\uff20]/;
const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** Text from the web as a cell that is neither markup nor a formula. */
function textCell(text: string | null): string {
  const plain = (text ?? '')
    .replace(UNPRINTABLE, ' ')
    .trim()
    .replace(/[&<>]/g, (character) => ENTITIES[character] ?? '');
  return FORMULA.test(plain) ? `'${plain}` : plain;
}

/** An address in the form that browsers send, which holds no blanks, quotes or angle brackets; nothing for other schemes. */
function urlCell(text: string | null): string {
  const url = parseUrl(text ?? '');
  if (url === undefined) return '';
  const { protocol, href } = url;
  return protocol === 'http:' || protocol === 'https:' ? href.replace(/[<>"'`\s]/g, encodeURIComponent) : '';
}

function line(cells: readonly string[]): string {
  return `${cells.join('\t')}\n`;
}
