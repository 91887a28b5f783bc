import { parseUrl } from '@winnow/contracts';

/** A URL in the one spelling under which it is stored and compared, or why it is not fetched. */
export type CanonicalUrl =
  | { readonly ok: true; readonly url: string }
  | { readonly ok: false; readonly outcome: 'url_refused'; readonly detail: string };

const MAX_LENGTH = 4096;

/** Query parameters that only tell who sent the visitor; the image is the same without them. */
const TRACKING_PARAMETERS = new Set(
  `_ga _gl _hsenc _hsmi dclid fb_action_ids fb_action_types fb_source fbclid gad_campaignid gad_source gbraid gclid
  gclsrc igsh igshid li_fat_id mc_cid mc_eid mkt_tok msclkid oly_anon_id oly_enc_id rb_clickid s_cid srsltid ttclid
  twclid vero_conv vero_id wbraid wickedid yclid ysclid`.split(/\s+/),
);
const TRACKING_PREFIX = 'utm_';

/**
 * The canonical spelling of an image URL: http or https, lower-case host (international names in punycode, no final
 * dot), no default port, no fragment, no tracking parameters, percent-encoding in one form (RFC 3986 section 6.2.2:
 * upper-case digits, unreserved characters plain, decoded once and never twice). Canonical URLs stay as they are.
 * @param raw as a search engine or a page wrote it; `//host/path` is taken as https
 * @param base URL of the page, for relative URLs
 */
export function canonicalUrl(raw: string, base?: string): CanonicalUrl {
  if (raw.length > MAX_LENGTH) return refuse(`longer than ${MAX_LENGTH} characters`);
  const url = parse(raw.trim(), base);
  if (url === null) return refuse('not an absolute URL');
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return refuse(`scheme ${url.protocol}`);
  if (url.username !== '' || url.password !== '') return refuse('user name or password in the URL');
  const host = url.host.replace(/\.(?=:\d+$|$)/, '');
  if (host === '' || host.startsWith('.') || host.startsWith(':')) return refuse('no host');
  const canonical = `${url.protocol}//${host}${normalisePercent(url.pathname)}${cleanQuery(url.search)}`;
  if (canonical.length > MAX_LENGTH) return refuse(`longer than ${MAX_LENGTH} characters`);
  return { ok: true, url: canonical };
}

function refuse(detail: string): CanonicalUrl {
  return { ok: false, outcome: 'url_refused', detail };
}

function parse(text: string, base: string | undefined): URL | null {
  // Pages served over http often name hosts that redirect to https at once.
  const absolute = /^[\\/]{2}/.test(text) ? `https:${text}` : text;
  return parseUrl(absolute, base) ?? null;
}

/** Escapes of unreserved characters are undone, others upper-cased; a percent sign that starts none is escaped. */
function normalisePercent(text: string): string {
  return text.replace(/%([0-9a-f]{2})?/gi, (_, digits: string | undefined) => {
    if (digits === undefined) return '%25';
    const character = String.fromCharCode(Number.parseInt(digits, 16));
    return /[a-z0-9\-._~]/i.test(character) ? character : `%${digits.toUpperCase()}`;
  });
}

/** Order and spelling of the other parameters are kept: servers may depend on them. */
function cleanQuery(search: string): string {
  const kept = search
    .slice(1)
    .split('&')
    .map(normalisePercent)
    .filter((parameter) => parameter !== '' && !isTracking(parameter));
  return kept.length === 0 ? '' : `?${kept.join('&')}`;
}

function isTracking(parameter: string): boolean {
  const name = (parameter.split('=', 1)[0] ?? '').toLowerCase();
  return name.startsWith(TRACKING_PREFIX) || TRACKING_PARAMETERS.has(name);
}
