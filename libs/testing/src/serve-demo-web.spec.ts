import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { loopbackGet } from './loopback-get';

const root = resolve(__dirname, '../../..');
const start = (...args: string[]) =>
  spawn(
    process.execPath,
    ['-r', './apps/winnow/bin/register-typescript.js', `${__dirname}/serve-demo-web.ts`, ...args],
    {
      cwd: root,
      env: { ...process.env, NODE_OPTIONS: '' },
      stdio: ['pipe', 'pipe', 'pipe'],
    },
  );

describe('serve-demo-web', () => {
  it.each(['stdin', 'SIGTERM'] as const)('says where it listens and ends with counts on %s', async (end) => {
    const child = start('--images', 'examples/demo');
    const exit = once(child, 'exit');
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const ready = JSON.parse(String((await lines.next()).value));
    expect(ready.resolve['www.bing.com']).toBe(`127.0.0.1:${ready.port}`);
    expect((await loopbackGet(ready.port, 'http://cdn.demo.test/robots.txt')).status).toBe(200);
    if (end === 'stdin') child.stdin.end();
    else child.kill('SIGTERM');
    expect(JSON.parse(String((await lines.next()).value))).toMatchObject({
      requests: { total: 1 },
      canaryConnections: 0,
    });
    expect(await exit).toEqual([0, null]);
  });

  it('ends where the port is taken', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const child = start('--images', 'examples/demo', '--port', String((taken.address() as AddressInfo).port));
    try {
      expect(await once(child, 'exit')).toEqual([1, null]);
    } finally {
      child.kill('SIGKILL');
      taken.close();
    }
  }, 20_000);

  it('names what is missing', async () => {
    const child = start();
    let message = '';
    child.stderr.on('data', (chunk: Buffer) => (message += chunk.toString()));
    expect(await once(child, 'close')).toEqual([2, null]);
    expect(message).toContain('--images FOLDER is missing');
  });
});
