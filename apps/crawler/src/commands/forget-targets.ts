import { WinnowError, parseUrl } from '@winnow/contracts';
import type { ForgetTargets } from '@winnow/db';
import { canonicalUrl } from '@winnow/dedup';

/**
 * Tells URLs, hosts and digests apart and brings them into the spelling in which they are stored.
 * @throws WinnowError USAGE for what is none of them
 */
export function forgetTargets(words: readonly string[]): ForgetTargets {
  const targets = { urls: new Set<string>(), hosts: new Set<string>(), digests: new Set<string>() };
  for (const word of words.map((text) => text.trim())) {
    if (/^[\da-f]{64}$/i.test(word)) targets.digests.add(word.toLowerCase());
    else if (/^(?:[a-z][a-z\d+.-]*:)?\/\//i.test(word)) targets.urls.add(toUrl(word));
    else targets.hosts.add(toHost(word));
  }
  return { urls: [...targets.urls], hosts: [...targets.hosts], digests: [...targets.digests] };
}

function toUrl(word: string): string {
  const result = canonicalUrl(word);
  if (result.ok) return result.url;
  throw new WinnowError('USAGE', `No image URL: ${result.detail}`, {
    where: word.slice(0, 200),
    next: 'Give the http(s) address of the image.',
  });
}

/** The name alone, as URLs spell it: lower case, international names in punycode. */
function toHost(word: string): string {
  const name = word.replace(/\.$/, '');
  const url = parseUrl(`http://${name}/`);
  const isNameOnly = /^(?:[\p{L}\p{M}\p{N}._-]+|\[[\da-f:.]+\])$/iu.test(name);
  // A single label would stand for all of .com or .org.
  const isWhole = url !== undefined && (/[.[]/.test(url.hostname) || url.hostname === 'localhost');
  if (url !== undefined && isNameOnly && isWhole) return url.hostname;
  throw new WinnowError('USAGE', 'Neither a URL nor a host nor the SHA-256 of a file', {
    where: word.slice(0, 200),
    next: 'Give https://host/path, a host name such as img.example.org, or 64 hex digits.',
  });
}
