import type { AugmentOptions } from '../augment/augment-options';
import { slicePixels } from '../augment/pixel-batch';
import type { PixelBatch } from '../augment/pixel-batch';
import type { BatchStream } from './batch-stream';

/** Asks for views of the images of one set in one step. Plain data: it may go to a worker thread. */
export interface ImageDraw {
  /** Of the set; for finding the answer among others. */
  readonly name: string;
  /** Since the start of the run, from 0; draws what is the whole batch's. */
  readonly step: number;
  /** Pass over the set, from 0. */
  readonly pass: number;
  readonly rows: Int32Array;
  /** How often each came before in this draw, [rows]: each time it gets another view. */
  readonly repeats: Int32Array;
  readonly views: readonly ViewRequest[];
}

export interface ViewRequest {
  /** Names the view's random stream. */
  readonly name: string;
  readonly augment: AugmentOptions;
}

/** The answer to a draw. */
export interface DrawnImages {
  readonly name: string;
  readonly rows: Int32Array;
  /** In the order asked for; bytes for student and teacher alike. */
  readonly views: readonly DrawnView[];
}

export interface DrawnView extends PixelBatch {
  /** Where images were mixed. */
  readonly mix?: RowMix;
}

/** Whose label each mixed image has a share of. */
interface RowMix {
  /** Row in the set of each image's partner, [count]. */
  readonly partners: Int32Array;
  /** Share of each image's own label, [count]; the rest is its partner's. */
  readonly fractions: Float32Array;
}

/** The draw of one step from a stream of batches. */
export function imageDraw(
  name: string,
  { stream, step }: { readonly stream: Pick<BatchStream, 'at' | 'perPass'>; readonly step: number },
  views: readonly ViewRequest[],
): ImageDraw {
  const rows = stream.at(step);
  const seen = new Map<number, number>();
  const repeats = rows.map((row) => {
    const before = seen.get(row) ?? 0;
    seen.set(row, before + 1);
    return before;
  });
  return { name, step, pass: Math.floor(step / stream.perPass), rows, repeats, views };
}

/** Makes the images that draws ask for. */
export interface Renderer {
  /** Steps that are worth asking for before they are needed. */
  readonly ahead: number;
  /** @throws WinnowError as `renderDraw` */
  render(draws: readonly ImageDraw[]): Promise<readonly DrawnImages[]>;
  /** Takes the memory of images that nobody will look at again. */
  recycle(drawn: readonly DrawnImages[]): void;
  /** Frees files and threads; what is under way fails or is lost. */
  close(): Promise<void>;
}

/** Part `part` of `parts` equal ones of each set, as views: what one micro-batch sees. */
export function sliceDrawn(drawn: DrawnImages, part: number, parts: number): DrawnImages {
  if (parts === 1) return drawn;
  const length = drawn.rows.length / parts;
  const [from, to] = [part * length, (part + 1) * length];
  const cut = (view: DrawnView): DrawnView => {
    const pixels = slicePixels(view, from, to);
    if (view.mix === undefined) return pixels;
    const { partners, fractions } = view.mix;
    return { ...pixels, mix: { partners: partners.subarray(from, to), fractions: fractions.subarray(from, to) } };
  };
  return { ...drawn, rows: drawn.rows.subarray(from, to), views: drawn.views.map(cut) };
}

/** Draws of a method that sees one view of each row of a batch. */
export interface OneView {
  draw(step: number): readonly ImageDraw[];
  /** What came of a step's draws. */
  read(drawn: readonly DrawnImages[]): { readonly rows: Int32Array; readonly view: DrawnView };
}

/** @param stream the rows of each step, of the whole pool or of a part */
export function oneView(stream: Pick<BatchStream, 'at' | 'perPass'>, augment: AugmentOptions): OneView {
  return {
    draw: (step) => [imageDraw('pool', { stream, step }, [{ name: 'view', augment }])],
    read(drawn) {
      const [{ rows, views }] = drawn as readonly [DrawnImages];
      const [view] = views as readonly [DrawnView];
      return { rows, view };
    },
  };
}
