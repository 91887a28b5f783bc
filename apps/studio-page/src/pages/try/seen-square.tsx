import { useEffect, useRef } from 'react';
import { OCCLUSION_CELLS } from './occlusion';
import styles from './try.module.css';

interface SeenSquareProps {
  /** RGB, [size, size, 3] */
  readonly square: Uint8Array;
  readonly size: number;
  /** By cell; null: none is drawn. */
  readonly drops: Float32Array | null;
}

/** What the student saw, and over it where hiding a part costs most of its share. */
export function SeenSquare({ square, size, drops }: SeenSquareProps): React.JSX.Element {
  const seen = useRef<HTMLCanvasElement>(null);
  const over = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const image = new ImageData(size, size);
    for (let at = 0; at < size * size; at += 1) {
      image.data.set([...square.subarray(at * 3, at * 3 + 3), 255], at * 4);
    }
    seen.current?.getContext('2d')?.putImageData(image, 0, 0);
  }, [square, size]);
  useEffect(() => {
    if (drops === null) return;
    const image = new ImageData(OCCLUSION_CELLS, OCCLUSION_CELLS);
    const largest = Math.max(...drops, 1e-6);
    drops.forEach((drop, cell) => {
      // The accent of the dark theme, which stands out from photographs.
      image.data.set([255, 120, 30, Math.round((215 * Math.max(0, drop)) / largest)], cell * 4);
    });
    over.current?.getContext('2d')?.putImageData(image, 0, 0);
  }, [drops]);
  return (
    <div className={styles.seen} role="img" aria-label={`What the student saw, ${size} x ${size} pixels`}>
      <canvas ref={seen} width={size} height={size} />
      {drops === null ? null : <canvas ref={over} width={OCCLUSION_CELLS} height={OCCLUSION_CELLS} />}
    </div>
  );
}

/** For those who do not see the overlay. */
export function dropsInWords(drops: Float32Array): string {
  const largest = Math.max(...drops);
  if (largest < 0.005) return 'Hiding any one part changes its share by less than a point.';
  const cell = drops.indexOf(largest);
  const [row, column] = [Math.floor(cell / OCCLUSION_CELLS) + 1, (cell % OCCLUSION_CELLS) + 1];
  const points = Math.round(largest * 100);
  return `Hiding row ${row}, column ${column} of ${OCCLUSION_CELLS} costs most of its share: ${points} ${points === 1 ? 'point' : 'points'}.`;
}
