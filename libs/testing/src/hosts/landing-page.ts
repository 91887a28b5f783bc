import type { DemoRow } from '../demo-listing';
import { escapeHtml } from '../escape-html';
import { htmlReply } from '../reply';
import type { Reply } from '../reply';

/** The page that shows a row's image. */
export function landingPage(row: DemoRow): Reply {
  const title = escapeHtml(row.title);
  const licence =
    row.licence === null ? '' : `<p>By ${escapeHtml(row.creator ?? '')}, CC ${escapeHtml(row.licence)}</p>`;
  const head = `<head><meta charset="utf-8"><title>${title}</title></head>`;
  return htmlReply(
    200,
    `<!doctype html><html>${head}<body><h1>${title}</h1><img src="${escapeHtml(row.url)}" alt="${title}">${licence}</body></html>`,
  );
}
