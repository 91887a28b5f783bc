import ipaddr from 'ipaddr.js';

/** RFC 4291, 2.4 and 2.5.4: all that IANA has assigned to hosts of the public internet. */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');

/**
 * Why an address must not be dialled, or undefined for a public one. Only global unicast passes: private, loopback,
 * link-local (cloud metadata among them), unique-local, multicast, reserved, and every form that wraps an IPv4
 * address in an IPv6 one are refused.
 */
export function addressRefusal(address: string): string | undefined {
  const bare = address.replace(/^\[|\]$/g, '').replace(/%.*$/, '');
  if (!ipaddr.isValid(bare)) return `${address} is not an address`;
  const parsed = ipaddr.parse(bare);
  const range = parsed.range();
  if (range !== 'unicast') return `${address} is a ${range} address`;
  // ipaddr.js calls all that it knows nothing else about unicast, IPv4-compatible addresses (::7f00:1) among it.
  const isGlobal = !(parsed instanceof ipaddr.IPv6) || parsed.match(GLOBAL_UNICAST);
  return isGlobal ? undefined : `${address} is not a global unicast address`;
}

export function isLoopback(address: string): boolean {
  const bare = address.replace(/^\[|\]$/g, '');
  return ipaddr.isValid(bare) && ipaddr.parse(bare).range() === 'loopback';
}
