import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import * as tf from '@tensorflow/tfjs';

import { startEngine } from './start-engine';

describe('startEngine', () => {
  let cacheDir: string;
  const lines: string[] = [];
  const options = () => ({ cacheDir, log: (line: string) => void lines.push(line) });
  beforeAll(async () => {
    cacheDir = await mkdtemp(join(tmpdir(), 'winnow-cache-'));
  });
  beforeEach(() => void (lines.length = 0));
  afterAll(() => rm(cacheDir, { recursive: true }));

  it('refuses a named engine that does not run here, saying why and what to do', async () => {
    await expect(startEngine('tensorflow', options())).rejects.toMatchObject({
      code: 'ENGINE_UNAVAILABLE',
      message: expect.stringMatching(/tensorflow: libtensorflow is not installed in .*2\.21\.0-cpu/),
      next: expect.stringContaining('winnow doctor'),
    });
    expect(lines).toEqual([]);
  });

  it('takes the next fastest where the fastest does not run, and says so in one line', async () => {
    const info = await startEngine('auto', options());
    expect(info).toMatchObject({ name: 'wasm', version: '4.22.0', device: 'cpu', threads: 1 });
    expect(info.passedOver.map(({ engine }) => engine)).toEqual(['tensorflow']);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^Engine: wasm 4\.22\.0 \(CPU, 1 thread\); tensorflow was passed over: libtensorflow/);
    expect(tf.getBackend()).toBe('wasm');
  });

  it('does nothing the second time', async () => {
    const [first, second] = await Promise.all([startEngine('auto', options()), startEngine('wasm', options())]);
    expect(second).toBe(first);
    expect(lines).toEqual([]);
  });

  it('changes to another engine that is asked for by name', async () => {
    const info = await startEngine('cpu', options());
    expect(info).toEqual({ name: 'cpu', version: '4.22.0', device: 'cpu', threads: 1, passedOver: [] });
    expect(lines).toEqual(['Engine: cpu 4.22.0 (CPU, 1 thread)']);
    expect([...tf.tidy(() => tf.tensor1d([1, 2]).add(1).dataSync())]).toEqual([2, 3]);
  });
});
