import { availableParallelism, cpus } from 'node:os';

/** The middle value, or the mean of the two in the middle; NaN for none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const low = sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN;
  const high = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  return (low + high) / 2;
}

/** What 95 of a hundred do not exceed; NaN for none. */
export function percentile95(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * 0.95))] ?? Number.NaN;
}

/** The median of every figure, over rounds that have the same ones. */
export function medians<Figure extends string>(
  rounds: readonly Readonly<Record<Figure, number>>[],
): Readonly<Record<Figure, number>> {
  const names = Object.keys(rounds[0] ?? {}) as Figure[];
  const middle = (name: Figure): number => median(rounds.map((round) => round[name]));
  return Object.fromEntries(names.map((name) => [name, middle(name)])) as Record<Figure, number>;
}

/** NaN for none. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Least and greatest. */
export function spread(values: readonly number[]): readonly [number, number] {
  return [Math.min(...values), Math.max(...values)];
}

/** What the figures were measured on. */
export function machine(): { readonly processor: string; readonly threads: number } {
  return { processor: cpus()[0]?.model ?? 'unknown', threads: availableParallelism() };
}

/** Time of the clock, and of all processors. */
export interface Cost {
  readonly wallSeconds: number;
  /** User and system, of this process and its threads. */
  readonly cpuSeconds: number;
}

/** Does some work once, and says what it took. */
export async function timed<T>(work: () => T | Promise<T>): Promise<{ readonly result: T; readonly cost: Cost }> {
  const startedAt = performance.now();
  const before = process.cpuUsage();
  const result = await work();
  const { user, system } = process.cpuUsage(before);
  return { result, cost: { wallSeconds: (performance.now() - startedAt) / 1000, cpuSeconds: (user + system) / 1e6 } };
}

/** Most memory that this process held so far, bytes. */
export function peakBytes(): number {
  return process.resourceUsage().maxRSS * 1024;
}
