import { parseUrl } from '@winnow/contracts';

/** The address of a page as a request may name it: http(s), ASCII, without credentials and fragment. */
export function pageAddress(pageUrl: string | null): string | undefined {
  const url = parseUrl(pageUrl ?? '');
  if (url === undefined) return undefined;
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return undefined;
  url.username = '';
  url.password = '';
  url.hash = '';
  return url.href;
}
