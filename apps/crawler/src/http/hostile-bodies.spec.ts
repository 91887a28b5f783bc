import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { Semaphore } from '@winnow/contracts';
import { StallGauge } from '../spec-support/stall-gauge';
import { HttpClient } from './http-client';
import { DEFAULT_HTTP_LIMITS } from './http-limits';
import type { HttpResult } from './http-result';

const SERVER = path.resolve(__dirname, '../../../../tools/bench/attacks/serve-hostile-bodies.mjs');
/** Requests under way at once, as a project has them that says nothing else. */
const CONCURRENCY = 16;
const REQUESTS = 48;
/** What else the machine does only adds to a stall: the least of some rounds is nearest to our own. */
const ROUNDS = 3;
/** That no foreign input may hold the event loop for longer. */
const MAX_STALL_MILLIS = 200;
/** Four large bodies, two decoded ones, the free share of the others, and what is not collected yet. */
const MAX_GROWTH_BYTES = 350e6;

let server: ChildProcess;
let client: HttpClient;

beforeAll(async () => {
  // A process of its own: neither its memory nor its time counts here.
  server = spawn(process.execPath, [SERVER], { stdio: ['pipe', 'pipe', 'inherit'] });
  if (server.stdout === null) throw new Error('no output');
  const [port] = await new Promise<[string]>((resolve) => {
    createInterface({ input: server.stdout as NodeJS.ReadableStream }).once('line', (line: string) => resolve([line]));
  });
  client = new HttpClient({
    userAgent: 'winnow/0.1 (+test)',
    resolve: { 'img.test': `127.0.0.1:${port}` },
    loopbackOnly: true,
    limits: { ...DEFAULT_HTTP_LIMITS, totalTimeoutMillis: 30_000 },
  });
  await client.get({ url: 'http://img.test/none' });
});
afterAll(async () => {
  await client.close();
  server.stdin?.end();
});

interface Cost {
  readonly results: readonly HttpResult[];
  readonly stallMillis: number;
  readonly growthBytes: number;
}

/** Many requests at once, each kind in turn, and what they cost this process. */
async function cost(kinds: readonly string[], concurrency = CONCURRENCY): Promise<Cost> {
  const before = process.memoryUsage.rss();
  let peak = before;
  const timer = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 10);
  const rounds: { readonly results: readonly HttpResult[]; readonly stallMillis: number }[] = [];
  try {
    for (let number = 0; number < ROUNDS; number += 1) rounds.push(await round(kinds, concurrency));
  } finally {
    clearInterval(timer);
  }
  return {
    results: rounds.flatMap(({ results }) => results),
    stallMillis: Math.min(...rounds.map(({ stallMillis }) => stallMillis)),
    growthBytes: peak - before,
  };
}

async function round(kinds: readonly string[], concurrency: number) {
  const turns = new Semaphore(concurrency);
  const gauge = new StallGauge();
  try {
    const results = await Promise.all(
      Array.from({ length: REQUESTS / ROUNDS }, (_, index) =>
        turns.run(async () => {
          const result = await client.get({ url: `http://img.test/${kinds[index % kinds.length]}/${index}` });
          // The bodies themselves are not kept.
          return result.ok ? { ...result, body: Buffer.alloc(0) } : result;
        }),
      ),
    );
    return { results, stallMillis: gauge.longestMillis };
  } finally {
    gauge.stop();
  }
}

const CASES: readonly (readonly [string, string])[] = [
  ['tinyChunks', 'too_large'],
  ['chunkExtensions', 'too_large'],
  ['endlessExtension', 'too_large'],
  ['interimFlood', 'too_large'],
  ['manyHeaders', 'too_large'],
  ['endlessBody', 'too_large'],
  ['largeBody', 'ok'],
  ['gzipBomb', 'ok'],
  ['brotliBomb', 'ok'],
  ['doubleBomb', 'ok'],
];

describe('hostile responses, many at once', () => {
  it.each(CASES)('%s cost little memory and hold nothing up', async (kind, outcome) => {
    // Each of their heads is 5 ms of undici's callbacks, and twice that in Jest's sandbox.
    const concurrency = kind === 'manyHeaders' ? CONCURRENCY / 2 : CONCURRENCY;
    const { results, stallMillis, growthBytes } = await cost([kind], concurrency);
    expect(new Set(results.map((result) => (result.ok ? 'ok' : result.outcome)))).toEqual(new Set([outcome]));
    expect(stallMillis).toBeLessThan(MAX_STALL_MILLIS);
    expect(growthBytes).toBeLessThan(MAX_GROWTH_BYTES);
  });

  it('of all kinds together cost no more', async () => {
    const { stallMillis, growthBytes } = await cost(CASES.map(([kind]) => kind));
    expect(stallMillis).toBeLessThan(MAX_STALL_MILLIS);
    expect(growthBytes).toBeLessThan(MAX_GROWTH_BYTES);
  });
});
