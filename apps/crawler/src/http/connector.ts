import { lookup as dnsLookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { types } from 'node:util';
import { buildConnector } from 'undici';
import { addressRefusal, isLoopback } from './address-guard';
import { createDnsCache } from './dns-cache';
import type { DnsCache, Lookup } from './dns-cache';

export interface ConnectorOptions {
  /** Hosts to reach at `address:port` instead: the only exemption from the address guard. */
  readonly resolve: Readonly<Record<string, string>>;
  /** In tests: any address but loopback fails, and names are not looked up outside of `lookup`. */
  readonly loopbackOnly: boolean;
  readonly connectTimeoutMillis: number;
  /** Default: the system's resolver. */
  readonly lookup?: Lookup;
  /** Certificate authorities to trust, PEM. Default: the built-in ones. */
  readonly trustedAuthorities?: readonly string[];
}

/** The connector's refusal to dial, told apart from failures of the network. */
export class AddressRefusedError extends Error {
  override readonly name = 'AddressRefusedError';
}

interface Target {
  readonly hostname: string;
  readonly port: string;
  /** Reached by `resolve`. */
  readonly standIn: boolean;
}

/** What a loopback server without TLS does to a TLS greeting. */
const NOT_TLS: ReadonlySet<unknown> = new Set([
  'EPROTO',
  'ECONNRESET',
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'ERR_SSL_PACKET_LENGTH_TOO_LONG',
]);

/**
 * Dials checked addresses only. The name is resolved, every address of it is checked, and the socket goes to the
 * address that was checked, so that a second answer of the resolver cannot lead elsewhere. Answers of the resolver are
 * remembered for a while, and checked all the same whenever one is dialled.
 */
export function createConnector(options: ConnectorOptions): buildConnector.connector {
  const { connectTimeoutMillis, trustedAuthorities } = options;
  const connect = buildConnector({
    timeout: connectTimeoutMillis,
    ...(trustedAuthorities === undefined ? {} : { ca: [...trustedAuthorities] }),
  });
  const plainTargets = new Set<string>();
  const names = createDnsCache((host) => lookUp(host, options));
  return (dial, response) => {
    findTarget(dial, options, names).then(
      (target) => connectTo(target),
      (error: unknown) => response(toError(error), null),
    );

    function callback(...result: Parameters<buildConnector.Callback>): void {
      // The host may have moved.
      if (result[0] !== null) names.forget(dial.hostname);
      response(...result);
    }

    function connectTo(target: Target): void {
      const location = { ...dial, hostname: target.hostname, host: dial.host ?? dial.hostname, port: target.port };
      // @types of undici leave out that null asks for the name from `host`.
      const named =
        isIP(dial.hostname) === 0 ? { ...location, servername: dial.servername ?? dial.hostname } : location;
      const key = `${target.hostname} ${target.port}`;
      if (dial.protocol !== 'https:' || !target.standIn) return connect(named, callback);
      const plain = { ...named, protocol: 'http:' };
      if (plainTargets.has(key)) return connect(plain, callback);
      connect(named, (...result) => {
        if (result[0] === null || !NOT_TLS.has((result[0] as NodeJS.ErrnoException).code)) return callback(...result);
        // A stand-in on this machine may do without certificates.
        plainTargets.add(key);
        connect(plain, callback);
      });
    }
  };
}

async function findTarget(dial: buildConnector.Options, options: ConnectorOptions, names: DnsCache): Promise<Target> {
  const port = dial.port === '' ? (dial.protocol === 'https:' ? '443' : '80') : dial.port;
  const standIn = Object.hasOwn(options.resolve, dial.hostname) ? options.resolve[dial.hostname] : undefined;
  const target =
    standIn === undefined
      ? { hostname: await checkedAddress(dial.hostname, names), port, standIn: false }
      : { ...splitAddress(standIn), standIn: true };
  if (options.loopbackOnly && !isLoopback(target.hostname)) {
    names.forget(dial.hostname);
    throw new Error(`${target.hostname} is not a loopback address, and only those are allowed here`);
  }
  return target;
}

async function checkedAddress(host: string, names: DnsCache): Promise<string> {
  const addresses = isIP(host) === 0 ? await names.lookup(host) : [host];
  for (const address of addresses) {
    const refusal = addressRefusal(address);
    if (refusal !== undefined) throw new AddressRefusedError(host === address ? refusal : `${host}: ${refusal}`);
  }
  const [first] = addresses;
  if (first === undefined) throw new Error(`${host} has no address`);
  return first;
}

async function lookUp(host: string, options: ConnectorOptions): Promise<readonly string[]> {
  if (options.lookup !== undefined) return options.lookup(host);
  if (options.loopbackOnly) throw new Error(`${host} is not looked up: only loopback addresses are allowed here`);
  return (await dnsLookup(host, { all: true })).map(({ address }) => address);
}

function splitAddress(text: string): { hostname: string; port: string } {
  const colon = text.lastIndexOf(':');
  return { hostname: text.slice(0, colon).replace(/^\[|\]$/g, ''), port: text.slice(colon + 1) };
}

/** Whether something thrown is an error, of this realm or, as in tests, of another one. */
export function isError(thrown: unknown): thrown is Error {
  return thrown instanceof Error || types.isNativeError(thrown);
}

export function toError(thrown: unknown): Error {
  return isError(thrown) ? thrown : new Error(String(thrown));
}
