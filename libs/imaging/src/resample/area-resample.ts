/** An image that is read row by row. */
export interface RowSource {
  readonly width: number;
  readonly height: number;
  /** Values per pixel, interleaved. */
  readonly channels: number;
  /** Writes the width * channels values of row y. */
  readRow(y: number, out: Float32Array): void;
}

/** Which source pixels each target pixel covers along one axis, and in which share. Flat, because it is a hot loop. */
interface Coverage {
  /** First source pixel, [target]. */
  readonly first: Int32Array;
  /** Where the shares of each target pixel start, [target + 1]. */
  readonly starts: Int32Array;
  /** Shares, which sum to 1 for each target pixel. */
  readonly fractions: Float32Array;
}

/**
 * Area averaging: each target pixel is the mean of the source area that it covers, border pixels in part.
 * @returns shape [height, width, channels]
 */
export function areaResample(source: RowSource, width: number, height: number): Float32Array {
  const columns = coverageOf(source.width, width);
  const rows = coverageOf(source.height, height);
  const lineLength = width * source.channels;
  const target = new Float32Array(lineLength * height);
  const full = new Float32Array(source.width * source.channels);
  const narrow = new Float32Array(lineLength);
  let loaded = -1;
  for (let y = 0; y < height; y += 1) {
    const line = target.subarray(y * lineLength, (y + 1) * lineLength);
    const start = rows.starts[y] as number;
    const end = rows.starts[y + 1] as number;
    for (let at = start; at < end; at += 1) {
      const row = (rows.first[y] as number) + at - start;
      // Neighbouring target rows may share one source row.
      if (row !== loaded) {
        source.readRow(row, full);
        narrowRow(full, narrow, columns, source.channels);
        loaded = row;
      }
      addScaled(line, narrow, rows.fractions[at] as number);
    }
  }
  return target;
}

function addScaled(line: Float32Array, values: Float32Array, fraction: number): void {
  for (let at = 0; at < line.length; at += 1) line[at] = (line[at] as number) + fraction * (values[at] as number);
}

function narrowRow(full: Float32Array, narrow: Float32Array, columns: Coverage, channels: number): void {
  const { first, starts, fractions } = columns;
  for (let channel = 0; channel < channels; channel += 1) {
    for (let x = 0; x < first.length; x += 1) {
      const end = starts[x + 1] as number;
      let from = (first[x] as number) * channels + channel;
      let sum = 0;
      for (let at = starts[x] as number; at < end; at += 1, from += channels) {
        sum += (fractions[at] as number) * (full[from] as number);
      }
      narrow[x * channels + channel] = sum;
    }
  }
}

function coverageOf(source: number, target: number): Coverage {
  const first = new Int32Array(target);
  const starts = new Int32Array(target + 1);
  const fractions: number[] = [];
  const scale = source / target;
  for (let index = 0; index < target; index += 1) {
    const start = (index * source) / target;
    const end = ((index + 1) * source) / target;
    const from = Math.floor(start);
    const to = Math.min(source, Math.max(from + 1, Math.ceil(end)));
    first[index] = from;
    for (let at = from; at < to; at += 1) {
      fractions.push(Math.max(0, Math.min(end, at + 1) - Math.max(start, at)) / scale);
    }
    starts[index + 1] = fractions.length;
  }
  return { first, starts, fractions: Float32Array.from(fractions) };
}
