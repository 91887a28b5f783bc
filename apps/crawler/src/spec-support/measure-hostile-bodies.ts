import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { Semaphore } from '@winnow/contracts';
import { HttpClient } from '../http/http-client';
import { DEFAULT_HTTP_LIMITS } from '../http/http-limits';
import type { HttpResult } from '../http/http-result';
import { HOSTILE_BODIES } from './hostile-bodies';
import { StallGauge } from './stall-gauge';

const SERVER = path.resolve(__dirname, '../../../../bench/src/attacks/serve-hostile-bodies.mjs');
/** Requests under way at once, as a project has them that says nothing else. */
const CONCURRENCY = 16;
/** What else the machine does only adds to a stall: the least of some rounds is nearest to our own. */
const ROUNDS = 3;

/** What many requests at once cost this process. */
export interface BodiesCost {
  /** Each once; `ok` where the body was taken. */
  readonly outcomes: readonly string[];
  readonly stallMillis: number;
  readonly growthBytes: number;
}

async function cost(client: HttpClient, kinds: readonly string[]): Promise<BodiesCost> {
  const before = process.memoryUsage.rss();
  let peak = before;
  const timer = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 10);
  const outcomes = new Set<string>();
  let stallMillis = Infinity;
  for (let number = 0; number < ROUNDS; number += 1) {
    const gauge = new StallGauge();
    for (const result of await requestAll(client, kinds)) outcomes.add(result.ok ? 'ok' : result.outcome);
    gauge.stop();
    stallMillis = Math.min(stallMillis, gauge.longestMillis);
  }
  clearInterval(timer);
  return { outcomes: [...outcomes], stallMillis, growthBytes: peak - before };
}

/** Each kind in turn. */
function requestAll(client: HttpClient, kinds: readonly string[]): Promise<readonly HttpResult[]> {
  const turns = new Semaphore(CONCURRENCY);
  return Promise.all(
    Array.from({ length: CONCURRENCY }, (_, index) =>
      turns.run(async () => {
        const result = await client.get({ url: `http://img.test/${kinds[index % kinds.length]}/${index}` });
        // The bodies themselves are not kept.
        return result.ok ? { ...result, body: Buffer.alloc(0) } : result;
      }),
    ),
  );
}

/** Run as a program: requests every kind of hostile response, and prints what it cost, an object by kind. */
async function main(): Promise<void> {
  // Neither its memory nor its time counts here.
  const server = spawn(process.execPath, [SERVER], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [port] = (await once(createInterface({ input: server.stdout }), 'line')) as [string];
  const client = new HttpClient({
    userAgent: 'winnow/0.1 (+test)',
    resolve: { 'img.test': `127.0.0.1:${port}` },
    loopbackOnly: true,
    limits: { ...DEFAULT_HTTP_LIMITS, totalTimeoutMillis: 30_000 },
  });
  try {
    await client.get({ url: 'http://img.test/none' });
    const costs: Record<string, BodiesCost> = {};
    const kinds = Object.keys(HOSTILE_BODIES);
    for (const kind of kinds) costs[kind] = await cost(client, [kind]);
    costs['all kinds together'] = await cost(client, kinds);
    process.stdout.write(JSON.stringify(costs));
  } finally {
    await client.close();
    server.stdin.end();
  }
}

void main();
