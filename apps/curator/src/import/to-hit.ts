import { importedUrl, parseUrl } from '@winnow/contracts';
import type { ImportedHit } from '@winnow/db';
import { canonicalUrl } from '@winnow/dedup';
import type { ImportSource, Refusal, SourceFacts, SourceItem } from './sources/import-source';

const MAX_TEXT_CHARACTERS = 2000;

/**
 * How an item is recorded: under the URL that its source states, else under one that stands for its place.
 * @param sha256 of its file; null where it is to be fetched
 * @returns a refusal for a URL that is not fetched
 */
export function toHit(
  { engine, name }: Pick<ImportSource, 'engine' | 'name'>,
  { location, rank, facts }: SourceItem,
  { className, sha256 }: Pick<ImportedHit, 'className' | 'sha256'>,
): { readonly ok: true; readonly hit: ImportedHit } | Refusal {
  const stated = facts.url === undefined ? undefined : statedUrl(facts.url);
  if (sha256 === null && stated?.ok !== true) {
    return { ok: false, outcome: 'url_refused', detail: stated?.detail ?? 'no URL' };
  }
  const own = importedUrl(engine, name, location);
  const url =
    stated?.ok === true ? { imageUrl: stated.href, canonicalUrl: stated.url } : { imageUrl: own, canonicalUrl: own };
  return { ok: true, hit: { className, rank, ...url, ...cleanFacts(facts), sha256 } };
}

type StatedUrl =
  | { readonly ok: true; readonly href: string; readonly url: string }
  | Extract<ReturnType<typeof canonicalUrl>, { ok: false }>;

/** As it is parsed: what is stored then holds no character that a database refuses. */
function statedUrl(text: string): StatedUrl {
  const plain = text.trim();
  if (/[\p{Cc}\p{Cs}]/u.test(plain)) {
    return { ok: false, outcome: 'url_refused', detail: 'control characters in the URL' };
  }
  const canonical = canonicalUrl(plain);
  return canonical.ok ? { ...canonical, href: parseUrl(plain)?.href ?? canonical.url } : canonical;
}

/** Text of bounded length on one line; addresses of the web. */
function cleanFacts(facts: SourceFacts): Pick<ImportedHit, 'pageUrl' | 'title' | 'license' | 'licenseUrl' | 'creator'> {
  const { pageUrl, title, license, licenseUrl, creator } = facts;
  const stated = {
    pageUrl: webAddress(pageUrl),
    title: oneLine(title),
    license: oneLine(license),
    licenseUrl: webAddress(licenseUrl),
    creator: oneLine(creator),
  };
  return Object.fromEntries(Object.entries(stated).filter(([, value]) => value !== undefined));
}

function oneLine(text: string | undefined): string | undefined {
  const plain = text
    ?.slice(0, 4 * MAX_TEXT_CHARACTERS)
    .replace(/\p{Bidi_Control}+/gu, '')
    .replace(/[\p{Cc}\p{Cs}\s]+/gu, ' ')
    .trim();
  return plain === undefined || plain === '' ? undefined : [...plain].slice(0, MAX_TEXT_CHARACTERS).join('');
}

function webAddress(text: string | undefined): string | undefined {
  const plain = oneLine(text);
  const protocol = plain === undefined ? undefined : parseUrl(plain)?.protocol;
  return protocol === 'http:' || protocol === 'https:' ? plain : undefined;
}
