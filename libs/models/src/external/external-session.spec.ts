import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { onEngines, tf } from '@winnow/tensor';
import { TINY_SIZE, tinyContract, writeTinyLayers } from '../spec-support/external-networks-under-test';
import { endlessOnnx, enlargedTfjs, hugeOnnx } from '../spec-support/hostile-networks';
import { readExternalSource } from './external-source';

const HOOK = path.resolve(__dirname, '../../../../apps/winnow/bin/register-typescript.js');
const SCRIPT = path.join(__dirname, '../spec-support/ask-network-process.ts');
const itWithProc = process.platform === 'linux' ? it : it.skip;
const LOGITS_ONLY = tinyContract('onnx', { features: null, featureMap: null });

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'winnow-hostile-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const write = async (name: string, bytes: Uint8Array): Promise<string> => {
  const file = path.join(folder, name);
  await writeFile(file, bytes);
  return file;
};

onEngines(() => {
  describe('an ONNX network that takes without end', () => {
    const variables = ['WINNOW_TEACHER_SECONDS', 'WINNOW_TEACHER_MEGABYTES'];
    afterEach(() => variables.forEach((name) => delete process.env[name]));

    it('time is ended where it is tried, and says how to allow more', async () => {
      process.env['WINNOW_TEACHER_SECONDS'] = '1';
      const source = await readExternalSource(await write('endless.onnx', endlessOnnx('always')));
      await expect(source.open(LOGITS_ONLY, TINY_SIZE)).rejects.toMatchObject({
        code: 'TEACHER_MISMATCH',
        message: 'The model took more than 1 s for 1 images, and was ended',
        next: expect.stringContaining('WINNOW_TEACHER_SECONDS'),
      });
    });

    it('time is ended where it only does so later, and answers nothing from then on', async () => {
      process.env['WINNOW_TEACHER_SECONDS'] = '1';
      const source = await readExternalSource(await write('later.onnx', endlessOnnx('on-light')));
      const network = await source.open(LOGITS_ONLY, TINY_SIZE);
      const ask = () => tf.tidy(() => void network.forward(tf.ones([2, TINY_SIZE, TINY_SIZE, 3])));
      expect(ask).toThrow('The model took more than 1 s for 2 images, and was ended');
      expect(ask).toThrow('and was ended');
      network.dispose();
    });

    it('memory is ended, and says how to allow more', async () => {
      process.env['WINNOW_TEACHER_MEGABYTES'] = '400';
      const source = await readExternalSource(await write('huge.onnx', hugeOnnx(400e6)));
      await expect(source.open(LOGITS_ONLY, TINY_SIZE)).rejects.toMatchObject({
        code: 'TEACHER_MISMATCH',
        message: expect.stringMatching(/^The model took more than 400 MB .*, and was ended$/),
        next: expect.stringContaining('WINNOW_TEACHER_MEGABYTES'),
      });
    });
  });
}, ['wasm']);

onEngines(() => {
  describe('a TF.js network that takes without end', () => {
    afterEach(() => void delete process.env['WINNOW_TEACHER_MEGABYTES']);

    it('memory is ended before our engine computes it', async () => {
      process.env['WINNOW_TEACHER_MEGABYTES'] = '500';
      const file = await writeTinyLayers(path.join(folder, 'enlarged'));
      await writeFile(file, enlargedTfjs(readFileSync(file, 'utf8'), 1000));
      const source = await readExternalSource(file);
      await expect(
        source.open(tinyContract('tfjs-layers', { features: null, featureMap: null }), TINY_SIZE),
      ).rejects.toMatchObject({
        code: 'TEACHER_MISMATCH',
        message: expect.stringMatching(/^The model took more than 500 MB for 1 images, and was ended$/),
      });
    });
  });
}, ['wasm']);

describe('a process that waits for an ONNX network', () => {
  itWithProc.each([
    ['SIGINT', 130, null],
    ['SIGTERM', null, 'SIGTERM'],
    ['SIGKILL', null, 'SIGKILL'],
  ] as const)('ends by one %s, and the process of the network with it', async (signal, code, by) => {
    const file = await write(`${signal}.onnx`, endlessOnnx('on-light'));
    const child = fork(SCRIPT, [file], { execArgv: ['-r', HOOK], stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    const exit = once(child, 'exit');
    // Said right before the question that is never answered.
    await once(child, 'message');
    const network = childrenOf(child.pid as number);
    expect(network).toHaveLength(1);
    await untilAsleep(child.pid as number);
    child.kill(signal);
    expect(await exit).toEqual([code, by]);
    while (network.some(isAlive)) await setImmediate();
  });

  itWithProc('does not count the time in which all of them stood still', async () => {
    const file = await write('long.onnx', endlessOnnx('on-light', 100_000));
    const seconds = 4;
    const env = { ...process.env, WINNOW_TEACHER_SECONDS: String(seconds) };
    const child = fork(SCRIPT, [file], { env, execArgv: ['-r', HOOK], stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    const exit = once(child, 'exit');
    await once(child, 'message');
    const all = [child.pid as number, ...childrenOf(child.pid as number)];
    await untilAsleep(child.pid as number);
    for (const pid of all) process.kill(pid, 'SIGSTOP');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, (seconds + 1) * 1000);
    for (const pid of all.reverse()) process.kill(pid, 'SIGCONT');
    expect(await exit).toEqual([0, null]);
  });
});

function childrenOf(parent: number): number[] {
  return readdirSync(`/proc/${parent}/task`).flatMap((thread) =>
    readFileSync(`/proc/${parent}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  );
}

/** Until its main thread sleeps. */
async function untilAsleep(pid: number): Promise<void> {
  const state = () => readFileSync(`/proc/${pid}/task/${pid}/stat`, 'utf8').split(') ').at(-1)?.[0];
  while (state() !== 'S') await setImmediate();
}

function isAlive(pid: number): boolean {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
