import { createHash } from 'node:crypto';
import { rowsOf } from '../demo-listing';
import type { DemoRow } from '../demo-listing';
import { escapeHtml } from '../escape-html';
import type { RenderRow } from '../image-sheets';
import { queryClass } from '../query-class';
import { jsonReply } from '../reply';
import type { HostRequest, Reply } from '../reply';
import type { EngineContext } from './engine-context';

const MAX_LIMIT = 50;
const SITE = 'https://commons.wikimedia.org';

/** `GET /w/api.php` of Wikimedia Commons: generator=search with imageinfo; `continue` until the last page. */
export async function commons({ url }: HostRequest, { listing, render }: EngineContext): Promise<Reply> {
  const query = url.searchParams;
  if (url.pathname !== '/w/api.php') return jsonReply(404, {});
  if (query.get('action') !== 'query' || query.get('generator') !== 'search' || query.get('format') !== 'json') {
    return jsonReply(200, { error: { code: 'badvalue', info: 'Only action=query, generator=search, format=json.' } });
  }
  const limit = Math.min(MAX_LIMIT, Number(query.get('gsrlimit') ?? 10));
  const offset = Number(query.get('gsroffset') ?? 0);
  const found = rowsOf(listing, 'commons', queryClass(query.get('gsrsearch') ?? '', listing.classes));
  const shown = found.slice(offset, offset + limit);
  if (shown.length === 0) return jsonReply(200, { batchcomplete: '' });
  const pages = await Promise.all(
    shown.map((row, location) =>
      toPage(row, { index: offset + location + 1, pageId: 700_001 + listing.rows.indexOf(row) }, render),
    ),
  );
  const more = offset + limit < found.length;
  return jsonReply(200, {
    batchcomplete: '',
    ...(more ? { continue: { gsroffset: offset + limit, continue: 'gsroffset||' } } : {}),
    query: { pages: Object.fromEntries(pages.map((page) => [String(page.pageid), page])) },
  });
}

async function toPage(row: DemoRow, location: { index: number; pageId: number }, render: RenderRow) {
  const { bytes, mime, side } = await render(row);
  const title = `File:${row.title} ${row.id}.${mime === 'image/png' ? 'png' : 'jpg'}`;
  const [code = '', version = ''] = (row.licence ?? '').split(' ');
  const isFree = code === 'cc0' || code === 'pdm';
  const field = (value: string, source: string): { value: string; source: string } => ({ value, source });
  return {
    pageid: location.pageId,
    ns: 6,
    title,
    index: location.index,
    imagerepository: 'local',
    imageinfo: [
      {
        timestamp: '2021-03-09T08:07:06Z',
        user: row.creator,
        size: bytes.length,
        width: side,
        height: side,
        url: row.url,
        descriptionurl: `${SITE}/wiki/${encodeURIComponent(title.replaceAll(' ', '_'))}`,
        descriptionshorturl: `${SITE}/w/index.php?curid=${location.pageId}`,
        sha1: createHash('sha1').update(bytes).digest('hex'),
        mime,
        mediatype: 'BITMAP',
        extmetadata: {
          ObjectName: field(row.title, 'mediawiki-metadata'),
          ImageDescription: field(`<p>${escapeHtml(row.title)}</p>`, 'commons-desc-page'),
          Artist: field(
            `<a href="//commons.wikimedia.org/wiki/User:Demo">${escapeHtml(row.creator ?? '')}</a>`,
            'commons-desc-page',
          ),
          LicenseShortName: field(shortName(code, version), 'commons-desc-page'),
          License: field(isFree ? code : `cc-${code}-${version}`, 'commons-templates'),
          ...(isFree
            ? {}
            : { LicenseUrl: field(`https://creativecommons.org/licenses/${code}/${version}`, 'commons-desc-page') }),
          AttributionRequired: field(isFree ? 'false' : 'true', 'commons-desc-page'),
          Copyrighted: field(code === 'pdm' ? 'False' : 'True', 'commons-desc-page'),
          Restrictions: field('', 'commons-desc-page'),
        },
      },
    ],
  };
}

function shortName(code: string, version: string): string {
  if (code === 'cc0') return 'CC0';
  if (code === 'pdm') return 'Public domain';
  return `CC ${code.toUpperCase()} ${version}`;
}
