/** The window for a side of this length: one 128th of it, rounded up, pixels. */
function windowOf(length: number): number {
  return Math.ceil(length / 128);
}

/**
 * Two passes of the Jarosz filter (box means along rows and columns, windows cut at the border; W. Jarosz, "Fast image
 * convolutions", 2001), sampled at the middles of cells x cells cells. Filters along rows and along columns commute,
 * so both passes along rows come first and the columns are filtered only where samples are taken.
 * @param plane shape [height, width]
 * @returns shape [cells, cells]
 */
export function jaroszSamples(plane: Float32Array, width: number, height: number, cells: number): Float32Array {
  const columns = new Float32Array(cells * height);
  const buffers = new FilterBuffers(width);
  for (let y = 0; y < height; y += 1) {
    const line = buffers.filterTwice(plane.subarray(y * width, (y + 1) * width));
    for (let cell = 0; cell < cells; cell += 1) {
      columns[cell * height + y] = line[middleOf(cell, cells, width)] as number;
    }
  }
  const samples = new Float32Array(cells * cells);
  const columnBuffers = new FilterBuffers(height);
  for (let column = 0; column < cells; column += 1) {
    const line = columnBuffers.filterTwice(columns.subarray(column * height, (column + 1) * height));
    for (let cell = 0; cell < cells; cell += 1) {
      samples[cell * cells + column] = line[middleOf(cell, cells, height)] as number;
    }
  }
  return samples;
}

function middleOf(cell: number, cells: number, length: number): number {
  return Math.floor(((cell + 0.5) * length) / cells);
}

/** Room for the two passes along lines of one length. */
class FilterBuffers {
  readonly #first: Float32Array;
  readonly #second: Float32Array;
  readonly #window: number;

  constructor(length: number) {
    this.#first = new Float32Array(length);
    this.#second = new Float32Array(length);
    this.#window = windowOf(length);
  }

  /** The result is valid until the next call. */
  filterTwice(line: Float32Array): Float32Array {
    boxMean(line, this.#first, this.#window);
    boxMean(this.#first, this.#second, this.#window);
    return this.#second;
  }
}

/** Box mean along a line by a running sum; an even window reaches one further to the right. */
function boxMean(source: Float32Array, target: Float32Array, window: number): void {
  const { length } = source;
  const right = Math.floor(window / 2);
  const left = window - 1 - right;
  let sum = 0;
  for (let at = 0; at < Math.min(right, length); at += 1) sum += source[at] as number;
  const scale = 1 / window;
  for (let at = 0; at < length; at += 1) {
    const enters = at + right;
    const leaves = at - left - 1;
    if (enters < length) sum += source[enters] as number;
    if (leaves >= 0) sum -= source[leaves] as number;
    if (leaves >= -1 && enters < length) target[at] = sum * scale;
    else target[at] = sum / (Math.min(length - 1, enters) - Math.max(0, leaves + 1) + 1);
  }
}
