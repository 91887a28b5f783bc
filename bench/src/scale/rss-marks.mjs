const MARKS = [0.25, 0.5, 0.75, 1];

/**
 * Memory of each worker when a quarter, half, three quarters and all of the images had been asked for: the largest
 * of the samples nearest to it. Workers that were killed do not count.
 * @returns {{ marks: number[][], peakBytes: number[], growth: number | null }} growth: last mark by the first, the
 *   worst of all workers
 */
export function rssMarks(workers) {
  const whole = workers.filter(({ killed, samples }) => !killed && samples.length > 0);
  const marks = whole.map(({ samples }) => MARKS.map((mark) => nearest(samples, mark)));
  return {
    marks,
    peakBytes: whole.map(({ last }) => last.peakBytes),
    growth: marks.length === 0 ? null : Math.max(...marks.map((row) => row.at(-1) / row[0])),
  };
}

function nearest(samples, mark) {
  const distance = ({ progress }) => Math.abs(progress - mark);
  const least = Math.min(...samples.map(distance));
  return Math.max(...samples.filter((sample) => distance(sample) === least).map(({ rssBytes }) => rssBytes));
}
