import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { DecodingProcesses } from './decoding-processes';
import { encodePng, makeSquare } from '../index';
import { deepZeroPng, manyScansJpeg } from '../spec-support/hostile-images';

const HOOK = path.resolve(__dirname, '../../../../apps/winnow/bin/register-typescript.js');
const LIMITS = { maxPixels: 100_000_000, minSide: 1, maxAspectRatio: Infinity };
const analyse = (bytes: Uint8Array) => ({ task: 'analyse', bytes, argument: LIMITS }) as const;
/** Minutes of work in one call of the library. */
const endless = (): Buffer => manyScansJpeg(10_000, 20_000);
const small = (): Promise<Uint8Array> => encodePng({ width: 2, height: 2, data: new Uint8Array(12) });

describe('processes that decode', () => {
  it('end what takes too long, say so, and go on with the next image', async () => {
    const processes = new DecodingProcesses({ timeoutMillis: 2000, maxProcesses: 1 });
    expect(await processes.run(analyse(endless()))).toMatchObject({
      ok: false,
      outcome: 'decode_error',
      detail: expect.stringMatching(/^decoding took more than/) as unknown,
    });
    const patient = new DecodingProcesses({ maxProcesses: 1 });
    const both = [patient.run(analyse(await small())), patient.run(analyse(await small()))];
    for (const found of await Promise.all(both)) expect(found).toMatchObject({ ok: true, width: 2 });
  });

  it('are not blamed for the time in which this program stood still', async () => {
    const timeoutMillis = 3000;
    const processes = new DecodingProcesses({ timeoutMillis, maxProcesses: 1 });
    await processes.run(analyse(await small()));
    const found = processes.run(analyse(deepZeroPng(2000, true)));
    await setImmediate();
    // Longer than an image may take: the reply waits in the pipe meanwhile, and the timer is due before it.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, timeoutMillis + 500);
    expect(await found).toMatchObject({ ok: true, width: 2000 });
  });

  it('refuse what takes more memory than they may', async () => {
    const processes = new DecodingProcesses({ maxMemoryBytes: 600_000_000 });
    const found = await processes.run(analyse(deepZeroPng(10_000, true)));
    expect(found).toMatchObject(
      process.platform === 'linux' ? { ok: false, outcome: 'decode_error' } : { ok: expect.any(Boolean) as unknown },
    );
    expect(await processes.run(analyse(await small()))).toMatchObject({ ok: true });
  });

  it('are ended at once by an interrupt, while an image is decoded and while one waits', async () => {
    const processes = new DecodingProcesses({ maxProcesses: 1 });
    const stop = new AbortController();
    const stopped = [endless(), endless()].map((bytes) =>
      expect(processes.run(analyse(bytes), stop.signal)).rejects.toMatchObject({ code: 'INTERRUPTED' }),
    );
    await setImmediate();
    stop.abort();
    await Promise.all(stopped);
    expect(await processes.run(analyse(await small()))).toMatchObject({ ok: true });
  });

  it('are what images go to that are not cheap by their headers', async () => {
    const stop = new AbortController();
    const options = { size: 8, policy: 'squash', format: 'png', quality: 90, maxPixels: LIMITS.maxPixels } as const;
    const made = makeSquare(deepZeroPng(10_000, true), options, stop.signal);
    stop.abort();
    await expect(made).rejects.toMatchObject({ code: 'INTERRUPTED' });
  });

  const onLinux = existsSync('/proc/self/task') ? it : it.skip;
  onLinux('do not outlive the process that started them', async () => {
    const script = path.join(__dirname, '../spec-support/decode-endlessly.ts');
    const parent = spawn(process.execPath, ['-r', HOOK, script], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [said] = (await once(parent.stdout, 'data')) as [Buffer];
    const child = Number(String(said));
    expect(child).toBeGreaterThan(1);
    expect(isRunning(child)).toBe(true);
    parent.kill('SIGKILL');
    await once(parent, 'exit');
    while (isRunning(child)) await setImmediate();
    expect(isRunning(child)).toBe(false);
  });
});

/** False for one that has ended and was not waited for. */
function isRunning(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.startsWith('Z') === false;
  } catch {
    return false;
  }
}
