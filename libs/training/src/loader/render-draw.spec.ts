import { SeededRandom } from '@winnow/random';
import { openPixels } from '@winnow/shards';
import type { AugmentOptions } from '../augment/augment-options';
import { cropFlip } from '../augment/crop-flip';
import { colourImages, SMALL_INPUT } from '../spec-support/training-under-test';
import { BatchStream } from './batch-stream';
import { imageDraw, sliceDrawn } from './image-draw';
import type { ImageDraw } from './image-draw';
import { renderDraw } from './render-draw';

const images = colourImages(12);
const BYTES = 8 * 8 * 3;
const SETTINGS = { seed: 'views', size: 8, normalise: null };
const EVERYTHING: AugmentOptions = {
  basis: 'resized-crop',
  randAugment: {},
  augMix: {},
  colorJitter: { brightness: 0.2, hue: 0.1 },
};

const drawOf = (rows: readonly number[], augment: AugmentOptions, more: Partial<ImageDraw> = {}): ImageDraw => ({
  name: 'pool',
  step: 0,
  pass: 0,
  rows: Int32Array.from(rows),
  repeats: new Int32Array(rows.length),
  views: [{ name: 'view', augment }],
  ...more,
});

async function render(draw: ImageDraw, settings = SETTINGS) {
  const [view] = (await renderDraw(draw, openPixels(images), settings, allocate)).views;
  if (view === undefined) throw new Error('no view');
  return { ...view, of: (index: number) => view.pixels.slice(index * BYTES, (index + 1) * BYTES) };
}

function allocate(bytes: number): ArrayBuffer {
  return new ArrayBuffer(bytes);
}

describe('renderDraw', () => {
  it.each([EVERYTHING, { basis: 'crop-flip' }, { basis: 'flip' }] as const)(
    'draws an image the same in any batch of the pass, and anew in the next: %p',
    async (augment) => {
      const alone = await render(drawOf([5], augment));
      const among = await render(drawOf([9, 1, 5, 2], augment, { step: 3 }));
      expect(among.of(2)).toEqual(alone.of(0));
      const passes = await Promise.all(
        [1, 2, 3, 4, 5, 6, 7, 8, 9].map((pass) => render(drawOf([5], augment, { pass }))),
      );
      expect(new Set([alone, ...passes].map((view) => view.pixels.join())).size).toBeGreaterThan(1);
    },
  );

  it('gives every view, seed and repeat a stream of its own', async () => {
    const views = [
      { name: 'one', augment: EVERYTHING },
      { name: 'other', augment: EVERYTHING },
    ];
    const drawn = await renderDraw(
      drawOf([3, 3], EVERYTHING, { repeats: Int32Array.of(0, 1), views }),
      openPixels(images),
      SETTINGS,
      allocate,
    );
    const texts = drawn.views.flatMap(({ pixels }) => [pixels.slice(0, BYTES).join(), pixels.slice(BYTES).join()]);
    texts.push((await render(drawOf([3], EVERYTHING), { ...SETTINGS, seed: 'other' })).pixels.join());
    expect(new Set(texts).size).toBe(5);
  });

  it('is what the augmentation gives for the stream of the image', async () => {
    const { of } = await render(drawOf([4, 7], { basis: 'crop-flip', padding: 2 }, { pass: 6 }));
    const image = { size: 8, pixels: images.pixels.subarray(7 * BYTES, 8 * BYTES) };
    expect(of(1)).toEqual(cropFlip(image, new SeededRandom('views/view/6/7/0'), 2));
    expect((await render(drawOf([7], { basis: 'none' }))).pixels).toEqual(Uint8Array.from(image.pixels));
  });

  it('mixes within the batch and names partners by row', async () => {
    const rows = [9, 1, 5, 2];
    const plain = await render(drawOf(rows, { basis: 'none' }));
    const { mix, of } = await render(drawOf(rows, { basis: 'none', mixup: 1 }));
    if (mix === undefined) throw new Error('not mixed');
    mix.partners.forEach((partner, index) => {
      const fraction = mix.fractions[index] as number;
      const other = plain.of(rows.indexOf(partner));
      of(index).forEach((value, at) => {
        const expected = fraction * (plain.of(index)[at] as number) + (1 - fraction) * (other[at] as number);
        expect(Math.abs(value - expected)).toBeLessThanOrEqual(0.5);
      });
    });
  });

  it('normalises where it is asked to', async () => {
    const { normalised, pixels } = await render(drawOf([1], { basis: 'none' }), {
      ...SETTINGS,
      normalise: SMALL_INPUT,
    } as never);
    expect(normalised?.values[0]).toBeCloseTo(((pixels[0] as number) / 255 - 0.5) / 0.25, 5);
  });
});

describe('pictureDraw', () => {
  it('counts passes, and repeats where rows are drawn with replacement', () => {
    const stream = new BatchStream([7, 9], 5, new SeededRandom(1));
    const { rows, repeats, pass } = imageDraw('few', { stream, step: 4 }, []);
    expect(pass).toBe(4);
    rows.forEach((row, at) => expect(repeats[at]).toBe(rows.slice(0, at).filter((other) => other === row).length));
    const many = new BatchStream(
      Int32Array.from({ length: 10 }, (_, row) => row),
      4,
      new SeededRandom(1),
    );
    expect(imageDraw('many', { stream: many, step: 5 }, [])).toMatchObject({ pass: 2, repeats: new Int32Array(4) });
  });
});

describe('sliceDrawn', () => {
  it('cuts rows, pixels and shares alike', async () => {
    const draw = drawOf([9, 1, 5, 2], { basis: 'none', cutmix: 1 });
    const drawn = await renderDraw(draw, openPixels(images), { ...SETTINGS, normalise: SMALL_INPUT }, allocate);
    const parts = [0, 1].map((part) => sliceDrawn(drawn, part, 2));
    expect(parts.flatMap(({ rows }) => [...rows])).toEqual([9, 1, 5, 2]);
    const joined = parts.flatMap(({ views: [view] }) => [...(view?.pixels ?? [])]);
    expect(joined).toEqual([...(drawn.views[0]?.pixels ?? [])]);
    expect(parts[1]?.views[0]?.mix?.partners).toEqual(drawn.views[0]?.mix?.partners.slice(2));
    expect(parts[1]?.views[0]?.normalised?.values).toHaveLength(2 * BYTES);
    expect(sliceDrawn(drawn, 0, 1)).toBe(drawn);
  });
});
