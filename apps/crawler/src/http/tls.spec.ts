import { createServer } from 'node:https';
import type { Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { issueCertificate } from '@winnow/testing';
import type { TestCertificate } from '@winnow/testing';
import { HttpClient } from './http-client';
import { DEFAULT_HTTP_LIMITS } from './http-limits';

const DAY_MILLIS = 24 * 3600 * 1000;
const now = Date.now();
const notBefore = new Date(now - 30 * DAY_MILLIS);
const notAfter = new Date(now + 30 * DAY_MILLIS);
const authority = issueCertificate({ name: 'Authority', notBefore, notAfter });
const stranger = issueCertificate({ name: 'Stranger', notBefore, notAfter });

const CERTIFICATES: Readonly<Record<string, TestCertificate>> = {
  'good.test': issueCertificate({ name: 'good', hosts: ['good.test'], notBefore, notAfter, issuer: authority }),
  'expired.test': issueCertificate({
    name: 'expired',
    hosts: ['expired.test'],
    notBefore,
    notAfter: new Date(now - DAY_MILLIS),
    issuer: authority,
  }),
  'early.test': issueCertificate({
    name: 'early',
    hosts: ['early.test'],
    notBefore: new Date(now + DAY_MILLIS),
    notAfter,
    issuer: authority,
  }),
  'misnamed.test': issueCertificate({ name: 'other', hosts: ['other.test'], notBefore, notAfter, issuer: authority }),
  'unknown.test': issueCertificate({ name: 'unknown', hosts: ['unknown.test'], notBefore, notAfter, issuer: stranger }),
  'self.test': issueCertificate({ name: 'self', hosts: ['self.test'], notBefore, notAfter }),
};

const servers = new Map<string, Server>();
let requests = 0;
let client: HttpClient;

beforeAll(async () => {
  for (const [host, { key, certificate }] of Object.entries(CERTIFICATES)) {
    const server = createServer({ key, cert: certificate }, (_, response) => {
      requests += 1;
      response.end('over TLS');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    servers.set(host, server);
  }
  client = new HttpClient({
    userAgent: 'winnow/0.1 (+test)',
    resolve: Object.fromEntries(
      [...servers].map(([host, server]) => [host, `127.0.0.1:${(server.address() as AddressInfo).port}`]),
    ),
    loopbackOnly: true,
    limits: DEFAULT_HTTP_LIMITS,
    trustedAuthorities: [authority.certificate],
  });
});
afterAll(async () => {
  await client.close();
  for (const server of servers.values()) await new Promise((resolve) => server.close(resolve));
});

describe('HttpClient over TLS', () => {
  it('talks to a host whose certificate holds', async () => {
    const result = await client.get({ url: 'https://good.test/' });
    expect(result.ok ? result.body.toString() : result.detail).toBe('over TLS');
  });

  it.each([
    ['expired.test', 'CERT_HAS_EXPIRED'],
    ['early.test', 'CERT_NOT_YET_VALID'],
    ['misnamed.test', 'ERR_TLS_CERT_ALTNAME_INVALID'],
    ['unknown.test', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
    ['self.test', 'DEPTH_ZERO_SELF_SIGNED_CERT'],
  ])('sends nothing to %s: %s', async (host, code) => {
    const before = requests;
    expect(await client.get({ url: `https://${host}/` })).toMatchObject({
      outcome: 'tls_error',
      detail: expect.stringContaining(code),
      transient: false,
    });
    expect(requests).toBe(before);
  });
});
