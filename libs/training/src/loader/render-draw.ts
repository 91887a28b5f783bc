import { forEachAtOnce } from '@winnow/contracts';
import type { InputSpec } from '@winnow/contracts';
import { SeededRandom } from '@winnow/random';
import type { PixelReader } from '@winnow/shards';
import { augmentImage } from '../augment/augment-image';
import { mixBatch } from '../augment/mix-batch';
import type { PixelBatch } from '../augment/pixel-batch';
import { randomRegion } from '../augment/random-region';
import { normalisingTables } from './normalise-pixels';
import type { DrawnImages, DrawnView, ImageDraw, ViewRequest } from './image-draw';

/** What all draws of a run share; plain data. */
export interface RenderSettings {
  /** Of every view, as text. */
  readonly seed: string;
  /** Side of the views, pixels. */
  readonly size: number;
  /** Normalise for this network too, where that is not the main thread's time; null: bytes only. */
  readonly normalise: InputSpec | null;
}

/** Memory for a result, every byte of which will be written. */
export type Allocate = (bytes: number) => ArrayBufferLike;

/** Regions decoded at once: enough for the image library's threads. */
const AT_ONCE = 16;

/**
 * Makes the views of a draw. Each image's view is a function of (seed, view, pass, row) alone, not of the batch that
 * it is in nor of who computes it; only mixing depends on the whole batch, and on the step.
 * @throws WinnowError DATA_CORRUPT, FILE_NOT_FOUND where an image cannot be read
 */
export async function renderDraw(
  draw: ImageDraw,
  reader: PixelReader,
  settings: RenderSettings,
  allocate: Allocate,
): Promise<DrawnImages> {
  const needsWhole = draw.views.some(({ augment }) => augment.basis !== 'resized-crop');
  const whole = needsWhole ? await reader.read(draw.rows) : null;
  const views: DrawnView[] = [];
  for (const view of draw.views) {
    views.push(await renderView(view, draw, { reader, whole, settings, allocate }));
  }
  return { name: draw.name, rows: draw.rows, views };
}

interface ViewIndex {
  readonly reader: PixelReader;
  /** The images as they are; null where every view cuts regions of its own. */
  readonly whole: Uint8Array | null;
  readonly settings: RenderSettings;
  readonly allocate: Allocate;
}

async function renderView(view: ViewRequest, draw: ImageDraw, place: ViewIndex): Promise<DrawnView> {
  const { settings } = place;
  const { rows } = draw;
  const bytes = settings.size ** 2 * 3;
  const pixels = new Uint8Array(place.allocate(rows.length * bytes));
  const isRegion = view.augment.basis === 'resized-crop';
  const renderRow = async (index: number): Promise<void> => {
    const random = imageRandom(view, draw, { index, seed: settings.seed });
    const into = pixels.subarray(index * bytes, (index + 1) * bytes);
    const image = isRegion
      ? await readRegion(rows[index] as number, random, { view, place, into })
      : (place.whole as Uint8Array).subarray(index * bytes, (index + 1) * bytes);
    const made = augmentImage({ size: settings.size, pixels: image }, random, view.augment);
    if (made !== into) into.set(made);
  };
  await forEachAtOnce(rows.keys(), { atOnce: isRegion ? AT_ONCE : 1 }, renderRow);
  return normalised(mixed({ count: rows.length, size: settings.size, pixels }, view, draw, settings), place);
}

function imageRandom(
  { name }: ViewRequest,
  { pass, rows, repeats }: ImageDraw,
  { index, seed }: { readonly index: number; readonly seed: string },
): SeededRandom {
  return new SeededRandom(`${seed}/${name}/${pass}/${rows[index]}/${repeats[index]}`);
}

function readRegion(
  row: number,
  random: SeededRandom,
  { view, place, into }: { readonly view: ViewRequest; readonly place: ViewIndex; readonly into: Uint8Array },
): Promise<Uint8Array> {
  const choose = (width: number, height: number) => randomRegion({ width, height }, random, view.augment);
  return place.reader.readRegion(row, choose, place.settings.size, into);
}

function mixed(
  batch: PixelBatch,
  { name, augment }: ViewRequest,
  { step, rows }: ImageDraw,
  { seed }: RenderSettings,
): DrawnView {
  if (augment.mixup === undefined && augment.cutmix === undefined) return batch;
  const { batch: made, mix } = mixBatch(batch, new SeededRandom(`${seed}/${name}/mix/${step}`), augment);
  // In memory that was asked for, which will be used again.
  batch.pixels.set(made.pixels);
  const partners = mix.order.map((place) => rows[place] as number);
  return { ...batch, mix: { partners, fractions: new Float32Array(batch.count).fill(mix.fraction) } };
}

async function normalised(
  view: DrawnView,
  { settings: { normalise }, allocate, reader }: ViewIndex,
): Promise<DrawnView> {
  if (normalise === null) return view;
  const { pixels } = view;
  const values = new Float32Array(allocate(pixels.length * Float32Array.BYTES_PER_ELEMENT));
  await reader.lookUp(pixels, normalisingTables(normalise), values);
  return { ...view, normalised: { input: normalise, values } };
}
