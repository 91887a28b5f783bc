import type { StudioProof } from '@winnow/contracts';

/** `none`: whoever answers is no studio. `wrong`: a studio that does not know the key, or one that says to be one. */
export type Proof = 'right' | 'wrong' | 'none';

const MAX_MILLIS = 5000;

/**
 * Whether whoever answers at this address is the studio that knows this tab's key: it shows so by an HMAC of a number of ours, and
 * of the port at which it listens, so that it can ask no other.
 * @throws TypeError, TimeoutError where nobody answers
 */
export async function askProof(key: string): Promise<Proof> {
  const nonce = hex(crypto.getRandomValues(new Uint8Array(32)));
  const signal = AbortSignal.timeout(MAX_MILLIS);
  const response = await fetch(`/proof?nonce=${nonce}`, {
    credentials: 'omit',
    cache: 'no-store',
    redirect: 'error',
    signal,
  });
  const { proofs } = (await response.json()) as Partial<StudioProof>;
  if (!response.ok || !Array.isArray(proofs)) return 'none';
  return proofs.includes(await proofOf(key, `studio ${nonce} ${location.port}`)) ? 'right' : 'wrong';
}

async function proofOf(key: string, text: string): Promise<string> {
  const encoder = new TextEncoder();
  const hash = await crypto.subtle.digest('SHA-256', encoder.encode(key));
  const secret = await crypto.subtle.importKey('raw', hash, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  const proof = new Uint8Array(await crypto.subtle.sign('HMAC', secret, encoder.encode(text)));
  return btoa(String.fromCharCode(...proof))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
