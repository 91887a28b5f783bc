import { html } from './markup';
import type { Markup, MarkupValue } from './markup';

const LONGEST_URL = 2048;

/** The URL in normal form if a reader may be sent there: absolute http(s) without a password; else null. */
export function webUrl(text: string | null): string | null {
  if (text === null || text.length > LONGEST_URL) return null;
  try {
    const url = new URL(text);
    if (url.protocol !== 'http:' && url.protocol !== 'https:') return null;
    return url.username === '' && url.password === '' ? url.href : null;
  } catch {
    return null;
  }
}

/** A link that tells its target nothing about this page; the content alone where the URL is no web URL. */
export function webLink(url: string | null, content: MarkupValue): Markup {
  const href = webUrl(url);
  if (href === null) return html`${content}`;
  return html`<a href="${href}" target="_blank" rel="noopener noreferrer nofollow">${content}</a>`;
}

/** `https://www.example.org/a/b` as `example.org`. */
export function webHost(url: string | null): string | null {
  const href = webUrl(url);
  return href === null ? null : new URL(href).hostname.replace(/^www\./, '');
}
