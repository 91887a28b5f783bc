import { parseUrl } from '@winnow/contracts';
import type { ResponseClass } from '@winnow/contracts';
import type { ParsedPage, ResponseMeta } from './engine';

const CAPTCHA_URL = /captcha|\/sorry\/|challenge/i;
const CAPTCHA_MARKS =
  /showcaptcha|g-recaptcha|h-captcha|hcaptcha\.com|cf-challenge|challenge-form|challenge-platform|captcha-delivery/i;

/**
 * What status and address of an answer say on their own: a page without hits, or undefined when the body decides.
 * @param body where given, a refusal that asks for a proof of being human is told apart
 */
export function refusedResponse(meta: ResponseMeta, body = ''): ParsedPage | undefined {
  const responseClass = classByStatus(meta);
  if (responseClass === 'denied' && looksLikeCaptcha(body)) return pageWithoutHits('captcha');
  return responseClass === undefined ? undefined : pageWithoutHits(responseClass);
}

function classByStatus({ status, headers, url }: ResponseMeta): ResponseClass | undefined {
  if (isCaptchaUrl(url) || headers['cf-mitigated'] === 'challenge') return 'captcha';
  // Overloaded and rate limited ask for the same thing: come back later.
  if (status === 429 || status >= 500) return 'rate_limited';
  if (status >= 400) return 'denied';
  return undefined;
}

function isCaptchaUrl(url: string): boolean {
  try {
    return CAPTCHA_URL.test(new URL(url).pathname);
  } catch {
    return false;
  }
}

/** Whether a page that should hold results asks for a proof of being human instead. */
export function looksLikeCaptcha(body: string): boolean {
  return CAPTCHA_MARKS.test(body);
}

export function pageWithoutHits(responseClass: ResponseClass, retryAfterMillis?: number): ParsedPage {
  return {
    class: responseClass,
    hits: [],
    next: null,
    ...(retryAfterMillis === undefined ? {} : { retryAfterMillis }),
  };
}

/** Where an answer came from and, when it is an unfollowed redirect, where it leads. */
export function responseLocations(meta: ResponseMeta): readonly URL[] {
  const location = meta.status >= 300 && meta.status < 400 ? meta.headers['location'] : undefined;
  return [meta.url, location].flatMap((text) => {
    return text === undefined ? [] : (parseUrl(text, parseUrl(meta.url)) ?? []);
  });
}

/** The whole number of at least 0 that a parameter of a URL holds; undefined without one, or without a URL. */
export function urlNumber(url: string, name: string): number | undefined {
  const text = urlParameter(url, name);
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

/** A parameter of a URL; undefined without it, or without a URL. */
export function urlParameter(url: string, name: string): string | undefined {
  try {
    return new URL(url).searchParams.get(name) ?? undefined;
  } catch {
    return undefined;
  }
}
