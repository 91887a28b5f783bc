import { createHash } from 'node:crypto';
import { pageUrlOf, rowsOf } from '../demo-listing';
import type { DemoRow } from '../demo-listing';
import type { RenderRow } from '../image-sheets';
import { queryClass } from '../query-class';
import { jsonReply } from '../reply';
import type { HostRequest, Reply } from '../reply';
import type { EngineContext } from './engine-context';

const MAX_PAGE_SIZE = 20;

/** `GET /v1/images/` of Openverse for an anonymous client: 20 results a page at most, filters license and license_type. */
export async function openverse({ url }: HostRequest, { listing, render }: EngineContext): Promise<Reply> {
  if (url.pathname !== '/v1/images/') return jsonReply(404, { detail: 'Not found.' });
  const query = url.searchParams;
  const pageSize = Number(query.get('page_size') ?? MAX_PAGE_SIZE);
  if (!(pageSize >= 1 && pageSize <= MAX_PAGE_SIZE)) {
    return jsonReply(401, { detail: `Page size must be between 0 & ${MAX_PAGE_SIZE} for unauthenticated requests.` });
  }
  const page = Number(query.get('page') ?? 1);
  const found = rowsOf(listing, 'openverse', queryClass(query.get('q') ?? '', listing.classes)).filter(
    licenceFilter(query.get('license'), query.get('license_type')),
  );
  const shown = found.slice((page - 1) * pageSize, page * pageSize);
  return jsonReply(200, {
    result_count: found.length,
    page_count: Math.ceil(found.length / pageSize),
    page_size: pageSize,
    page,
    results: await Promise.all(shown.map((row) => toResult(row, render))),
  });
}

function licenceFilter(codes: string | null, types: string | null): (row: DemoRow) => boolean {
  const wanted = codes?.split(',');
  const uses = types?.split(',') ?? [];
  return (row) => {
    const code = row.licence?.split(' ')[0] ?? '';
    if (wanted !== undefined && !wanted.includes(code)) return false;
    if (uses.includes('commercial') && code.includes('nc')) return false;
    return !(uses.includes('modification') && code.includes('nd'));
  };
}

async function toResult(row: DemoRow, render: RenderRow): Promise<Record<string, unknown>> {
  const { bytes, mime, side } = await render(row);
  const id = uuidOf(row.id);
  const [code = '', version = ''] = (row.licence ?? '').split(' ');
  const licenceUrl = licenceUrlOf(code, version);
  const api = `https://api.openverse.org/v1/images/${id}`;
  return {
    id,
    title: row.title,
    indexed_on: '2024-05-04T10:11:12Z',
    foreign_landing_url: pageUrlOf(row),
    url: row.url,
    creator: row.creator,
    creator_url: new URL(`/people/${encodeURIComponent(row.creator ?? '')}`, row.url).href,
    license: code,
    license_version: version,
    license_url: licenceUrl,
    provider: 'demo',
    source: 'demo',
    category: 'photograph',
    filesize: bytes.length,
    filetype: mime === 'image/png' ? 'png' : 'jpg',
    tags: [{ accuracy: null, name: row.class, unstable__provider: 'demo' }],
    attribution: `"${row.title}" by ${row.creator ?? 'unknown'} is licensed under ${code.toUpperCase()} ${version}. See ${licenceUrl}.`,
    fields_matched: ['title'],
    mature: false,
    height: side,
    width: side,
    thumbnail: `${api}/thumb/`,
    detail_url: `${api}/`,
    related_url: `${api}/related/`,
    unstable__sensitivity: [],
  };
}

function licenceUrlOf(code: string, version: string): string {
  if (code === 'cc0') return `https://creativecommons.org/publicdomain/zero/${version}/`;
  if (code === 'pdm') return `https://creativecommons.org/publicdomain/mark/${version}/`;
  return `https://creativecommons.org/licenses/${code}/${version}/`;
}

function uuidOf(id: string): string {
  const hex = createHash('sha256').update(id).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(12, 15)}`, `8${hex.slice(15, 18)}`, hex.slice(18, 30)].join(
    '-',
  );
}
