import type { BatchStream } from './batch-stream';
import { type DrawnPictures, type DrawnView, type PictureDraw, pictureDraw } from './draw/picture-draw';
import type { AugmentOptions } from './augment/augment-options';

/** Draws of a method that sees one view of each row of a batch. */
export interface OneView {
  draw(step: number): readonly PictureDraw[];
  /** What came of a step's draws. */
  read(drawn: readonly DrawnPictures[]): { readonly rows: Int32Array; readonly view: DrawnView };
}

/** @param stream the rows of each step, of the whole pool or of a part */
export function oneView(stream: Pick<BatchStream, 'at' | 'perPass'>, augment: AugmentOptions): OneView {
  return {
    draw: (step) => [pictureDraw('pool', { stream, step }, [{ name: 'view', augment }])],
    read(drawn) {
      const [{ rows, views }] = drawn as readonly [DrawnPictures];
      const [view] = views as readonly [DrawnView];
      return { rows, view };
    },
  };
}
