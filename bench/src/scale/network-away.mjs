#!/usr/bin/env node
/**
 * A crawl by two workers whose network stands still for a minute, first towards Postgres, then towards the store:
 *   npm run bench -- network-away [--seconds 60] [--json]
 * Ends with 1 if a check failed. The last line of stdout is a JSON object.
 */
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { requireTypeScript } from '../../../tools/require-typescript.mjs';
import { prepareTestPython } from '../../../tools/test-python.mjs';
import { printChecks } from './print-checks.mjs';
import { startServer } from './psql.mjs';
import { runCrawl, SMALL_CRAWL } from './run-crawl.mjs';
import { openLink } from './still-link.mjs';

const { startTestStore } = requireTypeScript('libs/store/src/testing/test-stores.ts');

const WORKERS = 2;

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '60' }, json: { type: 'boolean', default: false } },
});
const { programs, reason } = await prepareTestPython('OBJECT_STORES');
if (programs === undefined) throw new Error(reason);
const server = await startServer();
const store = await startTestStore('rclone', programs);
const address = store.address('away');
try {
  const [toDatabase, toStore] = [await openLink(server.url), await openLink(store.endpoint)];
  process.env.WINNOW_STORE = `s3://${address.bucket}/${address.prefix}`;
  process.env.WINNOW_S3_ENDPOINT = new URL(toStore.url).origin;
  const outages = [
    { at: 1 / 3, name: 'database', link: toDatabase },
    { at: 2 / 3, name: 'store', link: toStore },
  ];
  const happened = [];
  const { checks, wallSeconds } = await runCrawl({
    ...{ server, name: 'away', workers: WORKERS, settings: SMALL_CRAWL },
    blobs: path.dirname(path.dirname(store.fileOf(address, 'blobs/00/0'))),
    wayTo(url) {
      const through = new URL(url);
      through.port = new URL(toDatabase.url).port;
      return through.href;
    },
    async disturb(_crew, progress) {
      const [next] = outages;
      if (next === undefined || progress < next.at) return;
      outages.shift();
      next.link.stand();
      await wait(Number(values.seconds) * 1000);
      next.link.pass();
      happened.push(next.name);
    },
  });
  const all = [...checks, { name: 'away', expected: 2, found: happened.length, ok: happened.length === 2 }];
  process.exitCode = printChecks(all, { isJson: values.json, wallSeconds }) ? 0 : 1;
} finally {
  await store.stop();
}
