/** The host that an engine's pages belong to: without the `www.` that only its front page has. */
export function engineSite(url: URL): string {
  return url.hostname.replace(/^www\./, '');
}

/** Whether an address is on a site or on a subdomain of it. */
export function isOnSite(url: URL, site: string): boolean {
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return false;
  return url.hostname === site || url.hostname.endsWith(`.${site}`);
}
