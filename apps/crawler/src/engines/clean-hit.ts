import type { EngineHit } from '@winnow/contracts';

const MAX_TEXT_CHARACTERS = 2000;
const MAX_URL_CHARACTERS = 8192;
const MAX_INTEGER = 2 ** 31 - 1;

/** A hit as a parser finds it: any value may be anything. */
export type RawHit = { readonly [Key in keyof EngineHit]?: unknown };

/**
 * Makes a hit of untrusted values: what is not of the right form is left out.
 * @param baseUrl resolves protocol-relative URLs
 * @returns undefined when the image URL is not http(s)
 */
export function cleanHit(raw: RawHit, baseUrl: string): EngineHit | undefined {
  const imageUrl = webUrl(raw.imageUrl, baseUrl);
  if (imageUrl === undefined) return undefined;
  return withoutUndefined({
    imageUrl,
    pageUrl: webUrl(raw.pageUrl, baseUrl),
    thumbUrl: webUrl(raw.thumbUrl, baseUrl),
    title: cleanText(raw.title),
    width: count(raw.width, MAX_INTEGER),
    height: count(raw.height, MAX_INTEGER),
    mime: typeof raw.mime === 'string' && /^[\w.+-]+\/[\w.+-]+$/.test(raw.mime) ? raw.mime.toLowerCase() : undefined,
    bytes: count(raw.bytes, Number.MAX_SAFE_INTEGER),
    sha1: hex(raw.sha1, 40),
    md5: hex(raw.md5, 32),
    license: cleanText(raw.license),
    licenseUrl: webUrl(raw.licenseUrl, baseUrl),
    creator: cleanText(raw.creator),
    attribution: cleanText(raw.attribution),
    engineDups: webUrls(raw.engineDups, baseUrl),
  }) as unknown as EngineHit;
}

/** Well-formed text of bounded length on one line; undefined when nothing is left. */
export function cleanText(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const text = value
    .slice(0, 4 * MAX_TEXT_CHARACTERS)
    .replace(/\p{Bidi_Control}+/gu, '')
    .replace(/[\p{Cc}\p{Cs}\s]+/gu, ' ')
    .trim();
  const cut = [...text].slice(0, MAX_TEXT_CHARACTERS).join('');
  return cut === '' ? undefined : cut;
}

/** An absolute http(s) URL as it was written, or undefined. */
export function webUrl(value: unknown, baseUrl: string): string | undefined {
  if (typeof value !== 'string' || value.length > MAX_URL_CHARACTERS) return undefined;
  const text = value.replace(/[\p{Cc}\p{Cs}]/gu, '').trim();
  if (text === '') return undefined;
  const absolute = /^https?:\/\//i.test(text);
  if (!absolute && !text.startsWith('//')) return undefined;
  try {
    const url = new URL(text, baseUrl);
    if (url.protocol !== 'http:' && url.protocol !== 'https:') return undefined;
    return absolute ? text : url.href;
  } catch {
    return undefined;
  }
}

const MAX_DUPS = 50;

function webUrls(value: unknown, baseUrl: string): readonly string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const urls = value.slice(0, MAX_DUPS).flatMap((item) => webUrl(item, baseUrl) ?? []);
  return urls.length === 0 ? undefined : urls;
}

function count(value: unknown, max: number): number | undefined {
  const number = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isInteger(number) && number > 0 && number <= max ? number : undefined;
}

function hex(value: unknown, length: number): string | undefined {
  return typeof value === 'string' && value.length === length && /^[\da-f]+$/i.test(value)
    ? value.toLowerCase()
    : undefined;
}

function withoutUndefined(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
