import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { InputSpec } from '@winnow/contracts';
import { createModel } from '@winnow/models';
import { startEngine } from '@winnow/tensor';
import { foldModel, predict, selectImages } from '@winnow/training';
import type { StudentJob } from './student-job';
import { keptOutputsOf, knownOutputsOf, trainingPart } from './training-part';

const count = 4;
const images = {
  count,
  size: 2,
  pixels: new Uint8Array(count * 12),
  keys: ['a', 'b', 'c', 'd'],
  labels: new Int32Array(count),
  classes: ['x', 'y', 'z'],
};
const job = (applied: readonly { readonly row: number; readonly truth: number | 'open' }[]) =>
  ({
    pool: { images },
    split: {
      split: {
        kinds: Uint8Array.of(0, 1, 1, 2),
        probabilities: new Float32Array(3 * count),
        refinedLabels: Int32Array.of(0, 1, 1, 1),
        score: new Float32Array(count),
      },
    },
    corrections: { applied, unknown: [], foreign: [], digest: null },
  }) as unknown as StudentJob;

describe('trainingPart', () => {
  it("tells a method a person's decisions, by the rows of what it learns from", () => {
    const corrections = [
      { row: 1, truth: 2 },
      { row: 2, truth: 0 },
      { row: 3, truth: 'open' },
    ] as const;
    expect([...(trainingPart(job(corrections), null).known ?? [])]).toEqual([-1, 2, 0, 3]);
    const part = trainingPart(job(corrections), [3, 2, 0]);
    expect([...(part.known ?? [])]).toEqual([3, 0, -1]);
    expect([...(part.split?.kinds ?? [])]).toEqual([2, 1, 0]);
  });

  it('tells nothing where a person decided nothing, also without a split', () => {
    expect(trainingPart(job([]), null)).not.toHaveProperty('known');
    expect(trainingPart(job([{ row: 1, truth: 2 }]), [0, 3])).not.toHaveProperty('known');
    const untaught = trainingPart({ ...job([{ row: 1, truth: 2 }]), split: null }, null);
    expect(untaught).toMatchObject({ split: null, known: Int32Array.of(-1, 2, -1, -1) });
  });
});

describe('keptOutputsOf', () => {
  const input: InputSpec = { size: 16, range: [0, 1], mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] };
  const pixels = Uint8Array.from({ length: count * 16 * 16 * 3 }, (_, at) => (at * 7919) % 251);
  const { pixels: _none, ...list } = images;
  const drawn = { ...list, size: 16, store: { kind: 'memory', size: 16, pixels }, rows: null };
  let state: string;
  beforeAll(async () => {
    state = mkdtempSync(path.join(tmpdir(), 'winnow-part-'));
    await startEngine('wasm', { cacheDir: state, log: () => undefined });
  });
  afterAll(() => rmSync(state, { recursive: true }));

  it('gives what the teacher says of the very images that are learnt from', async () => {
    const model = createModel('resnet8', { classCount: 3, seed: 1 });
    const frozen = foldModel(model, input);
    const taught = {
      project: { config: { paths: { state } }, io: { log: () => undefined, signal: new AbortController().signal } },
      build: { digest: 'd' },
      pool: { images: drawn },
      teacher: { frozen, digest: 't' },
      engine: { name: 'wasm', version: '1', device: 'cpu' },
    } as unknown as StudentJob;
    const rows = [3, 2, 0];
    expect(await (await knownOutputsOf(taught, rows))({ flipped: true, features: false })).toBeNull();
    for (const flipped of [false, true]) {
      const asked = { flipped, features: true };
      const own = await predict(frozen, selectImages({ ...images, size: 16, pixels }, rows), asked);
      const { keptOutputs, seconds } = keptOutputsOf(taught, rows, undefined as never);
      // Asked, then read.
      for (let time = 0; time < 2; time += 1) {
        const kept = await keptOutputs(asked);
        expect(kept?.count).toBe(3);
        for (const part of ['logits', 'features'] as const) {
          expect(kept?.[part]).toHaveLength(own[part].length);
          own[part].forEach((value, at) => expect(kept?.[part][at]).toBeCloseTo(value, 5));
        }
      }
      expect(seconds()).toBeGreaterThan(0);
      const known = await knownOutputsOf(taught, rows);
      expect((await known({ flipped, features: false }))?.logits).toEqual((await keptOutputs(asked))?.logits);
      expect(await known(asked)).toBeNull();
    }
    frozen.dispose();
    model.dispose();
  });
});
