/** What follows a layer: nothing, max(x, 0), or that and no more than 6. */
export type Activation = 'none' | 'relu' | 'relu6';

/** Bounds of an activation's results; infinite where there are none. */
export const ACTIVATION_BOUNDS: Readonly<Record<Activation, readonly [floor: number, ceiling: number]>> = {
  none: [-Infinity, Infinity],
  relu: [0, Infinity],
  relu6: [0, 6],
};
