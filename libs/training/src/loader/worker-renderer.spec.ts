import path from 'node:path';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import type { ImageSource } from '@winnow/contracts';
import { SeededRandom } from '@winnow/random';
import { ensurePixelCache } from '@winnow/shards';
import { colourImages, SMALL_INPUT } from '../spec-support/training-under-test';
import { everyRow } from '../training-data';
import { BatchStream } from './batch-stream';
import { DrawAhead } from './draw-ahead';
import { imageDraw } from './image-draw';
import type { DrawnImages } from './image-draw';
import { openRenderer, suggestedWorkers } from './renderer';
import { buffersOf, SpareMemory } from './spare-memory';
import { sharedPixels } from './worker-renderer';

const images = colourImages(20);
const stream = new BatchStream(everyRow(images), 6, new SeededRandom(1));
const VIEWS = [
  { name: 'weak', augment: { basis: 'crop-flip' } },
  { name: 'strong', augment: { basis: 'resized-crop', randAugment: {}, cutmix: 1 } },
] as const;
const draw = (step: number) => [imageDraw('pool', { stream, step }, VIEWS)];
const SETTINGS = { seed: 'views', size: 8, normalise: SMALL_INPUT };

async function drawSteps(source: ImageSource, workers: number, steps = 7): Promise<DrawnImages[]> {
  const renderer = openRenderer(source, SETTINGS, workers);
  const ahead = new DrawAhead(renderer, draw, steps);
  const drawn: DrawnImages[] = [];
  try {
    for (let step = 0; step < steps; step += 1) drawn.push(copyOf((await ahead.take(step))[0] as DrawnImages));
  } finally {
    await renderer.close();
  }
  return drawn;
}

/** In memory of its own: that of a step is used again. */
function copyOf({ views, ...drawn }: DrawnImages): DrawnImages {
  return {
    ...drawn,
    views: views.map(({ normalised, ...view }) => ({
      ...view,
      pixels: view.pixels.slice(),
      ...(normalised && { normalised: { ...normalised, values: normalised.values.slice() } }),
    })),
  };
}

describe('openRenderer', () => {
  it('draws the same bytes for any number of threads, from memory and from a file', async () => {
    const alone = await drawSteps(images, 0);
    expect(await drawSteps(images, 1)).toEqual(alone);
    expect(await drawSteps(images, 3)).toEqual(alone);
    const folder = mkdtempSync(path.join(tmpdir(), 'winnow-draws-'));
    try {
      const store = await ensurePixelCache({
        path: path.join(folder, 'pixels'),
        digest: 'x',
        count: 20,
        size: 8,
        decode: async (from, to) => images.pixels.slice(from * 192, to * 192),
      });
      const { pixels: _pixels, ...list } = images;
      expect(await drawSteps({ ...list, store, rows: null }, 2)).toEqual(alone);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it.each([0, 2])('draws in shared memory, and in the same again, with %i threads', async (workers) => {
    const renderer = openRenderer(images, SETTINGS, workers);
    const ahead = new DrawAhead(renderer, draw, 20);
    const seen = new Set<SharedArrayBuffer>();
    try {
      for (let step = 0; step < 20; step += 1) {
        const buffers = buffersOf(await ahead.take(step));
        // Pixels and floats of two views; the second is mixed.
        expect(buffers).toHaveLength(4);
        for (const buffer of buffers) {
          expect(buffer).toBeInstanceOf(SharedArrayBuffer);
          seen.add(buffer);
        }
      }
    } finally {
      await renderer.close();
    }
    // From another thread the same memory comes as another object.
    if (workers === 0) expect(seen.size).toBe(4);
  });

  it('brings errors across with their code and place', async () => {
    const { pixels: _pixels, ...list } = images;
    const store = { kind: 'file', path: '/nowhere/pixels', size: 8, offset: 0 } as const;
    for (const workers of [0, 1]) {
      await expect(drawSteps({ ...list, store, rows: null }, workers)).rejects.toMatchObject({
        code: 'FILE_NOT_FOUND',
        where: '/nowhere/pixels',
        next: expect.stringContaining('anew'),
      });
    }
  });

  it('ends its threads when it is closed, whatever is under way', async () => {
    const renderer = openRenderer(images, SETTINGS, 2);
    const pending = [0, 1, 2].map((step) => renderer.render(draw(step)));
    const outcomes = Promise.allSettled(pending);
    await renderer.close();
    for (const outcome of await outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'INTERRUPTED' });
    }
    await expect(renderer.render(draw(3))).rejects.toMatchObject({ code: 'INTERRUPTED' });
  });
});

describe('SpareMemory', () => {
  it('gives what it was given, of the same length, and new memory where there is none', () => {
    const memory = new SpareMemory();
    const [eight, first, second] = [8, 4, 4].map((bytes) => new SharedArrayBuffer(bytes)) as SharedArrayBuffer[];
    memory.give([eight, first, second].flatMap((buffer) => buffer ?? []));
    expect(memory.take(4)).toBe(first);
    expect(memory.take(5).byteLength).toBe(5);
    memory.keep(1);
    expect(memory.take(4)).toBe(second);
    expect([memory.take(4), memory.take(8)]).not.toContain(eight);
  });
});

describe('DrawAhead', () => {
  it('asks in order, a bounded number of steps early, and not past the end', async () => {
    const asked: number[] = [];
    const renderer = {
      ahead: 2,
      render: async ([first]: readonly { step: number }[]) => {
        asked.push(first?.step as number);
        return [];
      },
      recycle: () => undefined,
      close: async () => undefined,
    };
    const ahead = new DrawAhead(renderer as never, draw, 8);
    await ahead.take(3);
    expect(asked).toEqual([3, 4, 5]);
    await ahead.take(4);
    expect(asked).toEqual([3, 4, 5, 6]);
    for (const step of [5, 6, 7]) await ahead.take(step);
    expect(asked).toEqual([3, 4, 5, 6, 7]);
  });

  it('reports a failure to whoever takes the step, and to nobody else', async () => {
    const render = async ([first]: readonly { step: number }[]) => {
      if (first?.step === 1) throw new Error('broken');
      return [];
    };
    const ahead = new DrawAhead(
      { ahead: 2, render, recycle: () => undefined, close: async () => undefined } as never,
      draw,
      8,
    );
    await ahead.take(0);
    await expect(ahead.take(1)).rejects.toThrow('broken');
  });
});

describe('suggestedWorkers', () => {
  const memory = { ...images, pixels: sharedPixels(images.pixels.length) };
  const cheap = { method: {}, augment: { basis: 'crop-flip' }, images: memory } as const;

  it('takes threads where drawing costs, never all processors, at most four', () => {
    expect(suggestedWorkers(cheap, 8)).toBe(0);
    expect(suggestedWorkers({ ...cheap, augment: { basis: 'crop-flip', randAugment: {} } }, 2)).toBe(1);
    expect(suggestedWorkers({ ...cheap, method: { ownViews: true } }, 1)).toBe(1);
    expect(suggestedWorkers({ ...cheap, augment: { basis: 'resized-crop' } }, 64)).toBe(4);
    const { pixels: _pixels, ...list } = images;
    const stored = { ...list, store: { kind: 'file', path: 'x', size: 8, offset: 0 }, rows: null } as const;
    expect(suggestedWorkers({ ...cheap, images: stored }, 4)).toBe(3);
  });
});
