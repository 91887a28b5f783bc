import ipaddr from 'ipaddr.js';

/**
 * Why an address must not be dialled, or undefined for a public one. Only global unicast passes: private, loopback,
 * link-local (cloud metadata among them), unique-local, multicast, reserved, and every form that wraps an IPv4
 * address in an IPv6 one are refused.
 */
export function addressRefusal(address: string): string | undefined {
  const bare = address.replace(/^\[|\]$/g, '').replace(/%.*$/, '');
  if (!ipaddr.isValid(bare)) return `${address} is not an address`;
  const range = ipaddr.parse(bare).range();
  return range === 'unicast' ? undefined : `${address} is a ${range} address`;
}

export function isLoopback(address: string): boolean {
  const bare = address.replace(/^\[|\]$/g, '');
  return ipaddr.isValid(bare) && ipaddr.parse(bare).range() === 'loopback';
}
