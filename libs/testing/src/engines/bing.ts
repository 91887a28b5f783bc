import { createHash } from 'node:crypto';
import { pageUrlOf, rowsOf } from '../demo-listing';
import type { DemoRow } from '../demo-listing';
import { escapeHtml } from '../escape-html';
import type { RenderRow } from '../image-sheets';
import { queryClass } from '../query-class';
import { htmlReply } from '../reply';
import type { HostRequest, Reply } from '../reply';
import type { EngineContext } from './engine-context';

const MAX_COUNT = 35;

/** `GET /images/async` of Bing: an HTML fragment of at most 35 items; an empty body past the end, as the real one. */
export async function bing({ url }: HostRequest, { listing, render }: EngineContext): Promise<Reply> {
  if (url.pathname !== '/images/async') return htmlReply(404, '<html><body>Not found</body></html>');
  const query = url.searchParams.get('q') ?? '';
  const first = Number(url.searchParams.get('first') ?? 1);
  const count = Math.min(MAX_COUNT, Number(url.searchParams.get('count') ?? MAX_COUNT));
  const found = rowsOf(listing, 'bing', queryClass(query, listing.classes));
  const shown = found.slice(first - 1, first - 1 + count);
  if (shown.length === 0) return htmlReply(200, '');
  const items = await Promise.all(shown.map((row, index) => toItem(row, { index, query }, render)));
  const next = `/images/async?q=${encodeURIComponent(query)}&first=${first + count}&count=${count}&mmasync=1`;
  const isLast = first - 1 + count >= found.length;
  const nextUrl = isLast ? '' : ` data-nextUrl="${escapeHtml(next)}"`;
  return htmlReply(
    200,
    `<div class="dg_b" role="main"><div id="mmComponent_images_1" class="dgControl hover"${nextUrl} data-layout="row">` +
      `<ul class="dgControl_list" data-row="0">${items.join('')}</ul></div></div>`,
  );
}

async function toItem(
  row: DemoRow,
  { index, query }: { index: number; query: string },
  render: RenderRow,
): Promise<string> {
  const { mime, side } = await render(row);
  const digest = createHash('sha256').update(row.id).digest('hex');
  const page = pageUrlOf(row);
  const meta = {
    sid: '',
    cturl: '',
    cid: digest.slice(0, 8),
    purl: page,
    murl: row.url,
    turl: `https://ts1.mm.bing.net/th?id=OIP.${digest.slice(0, 8)}&pid=15.1`,
    md5: digest.slice(0, 32),
    shkey: `${digest.slice(32, 52)}=`,
    t: row.title,
    mid: digest.slice(0, 40).toUpperCase(),
    desc: `${row.class}, invented for the demo`,
  };
  const href =
    `/images/search?view=detailV2&id=${meta.mid}&mediaurl=${encodeURIComponent(row.url)}` +
    `&exph=${side}&expw=${side}&q=${encodeURIComponent(query)}&selectedIndex=${index}`;
  const [title, site] = [escapeHtml(row.title), new URL(page).host];
  return (
    `<li data-idx="${index + 1}"><div class="iuscp isv"><div class="imgpt">` +
    `<a class="iusc" m="${escapeHtml(JSON.stringify(meta))}" href="${escapeHtml(href)}">` +
    `<div class="img_cont hoff"><img class="mimg" src="${escapeHtml(meta.turl)}" alt="Image result"/></div></a>` +
    `<div class="img_info hon"><span class="nowrap">${side} × ${side} · ${mime.slice('image/'.length)}</span>` +
    `<div class="lnkw"><a title="${site}" target="_blank" href="${page}">${site}</a></div></div></div>` +
    `<div class="infopt"><ul><li><a title="${title}" href="${page}">${title}</a></li></ul></div></div></li>`
  );
}
