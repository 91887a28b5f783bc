import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { TreeUsage } from '../harness/process-usage';

interface CallFrame {
  readonly functionName: string;
  readonly url: string;
}

/** A `.cpuprofile` of Node's `--cpu-prof`, what is read of it. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: CallFrame;
    readonly children?: readonly number[];
  }[];
  /** Ids of nodes. */
  readonly samples: readonly number[];
  /** Since the sample before, microseconds. */
  readonly timeDeltas: readonly number[];
}

/** The first that fits an address of code, or the name of a function that has none. */
const PARTS: readonly (readonly [part: string, pattern: RegExp])[] = [
  ['idle', /^\(idle\)$/],
  ['garbage collection', /^\(garbage collector\)$/],
  ['embedded database', /^wasm:|electric-sql/],
  ['statements and rows', /\/(drizzle-orm|pg|pg-[a-z]+|postgres-[a-z]+)\/|\/libs\/db\//],
  ['images', /\/sharp\/|\/libs\/imaging\//],
  ['HTTP', /\/undici\/|\/apps\/crawler\/src\/http\/|^node:(net|https?|_http|internal\/(net|dns|http))/],
  ['robots, opt-outs, turns', /\/apps\/crawler\/src\/(politeness|opt-out)\//],
  ['files', /\/libs\/files\/|^node:(fs|internal\/fs)|\/tar-stream\//],
  ['digests', /^node:internal\/crypto/],
  ['modules', /^node:internal\/(modules|process\/execution|source_map)|@swc|\/pirates\//],
  ['crawl', /\/apps\/crawler\//],
  ['build', /\/apps\/curator\/|\/libs\/(shards|dedup)\//],
];

const OTHER = 'other';

/**
 * Time of a thread by what it worked on. A function that has no place of its own (of V8, of Node's plumbing, of a small package) counts
 * for the nearest caller that has.
 * @returns milliseconds, idle time left out
 */
export function profileParts({ nodes, samples, timeDeltas }: CpuProfile): Readonly<Record<string, number>> {
  const microseconds = new Map<number, number>();
  for (const [at, id] of samples.entries()) {
    microseconds.set(id, (microseconds.get(id) ?? 0) + (timeDeltas[at] ?? 0));
  }
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const sums = new Map<string, number>();
  const open: [id: number, part: string][] = nodes.slice(0, 1).map(({ id }) => [id, OTHER]);
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [id, callers] = next;
    const node = byId.get(id);
    if (node === undefined) continue;
    const part = partOf(node.callFrame) ?? callers;
    sums.set(part, (sums.get(part) ?? 0) + (microseconds.get(id) ?? 0) / 1000);
    open.push(...(node.children ?? []).map((child): [number, string] => [child, part]));
  }
  sums.delete('idle');
  return Object.fromEntries(sums);
}

function partOf({ functionName, url }: CallFrame): string | undefined {
  const place = url === '' ? functionName : url;
  return PARTS.find(([, pattern]) => pattern.test(place))?.[0];
}

/**
 * Of a program that `--cpu-prof` wrote into a folder: its main thread by part, its other threads by name.
 * @returns milliseconds of processor time an image
 */
export function partsOfStep(
  folder: string,
  { cpuSeconds, threadSeconds }: TreeUsage,
  images: number,
): Readonly<Record<string, number>> {
  // CPU.DATE.TIME.PID.THREAD.NUMBER.cpuprofile
  const file = readdirSync(folder).find((name) => name.split('.')[4] === '0') ?? '';
  const parts = profileParts(JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as CpuProfile);
  const sampled = Object.values(parts).reduce((sum, millis) => sum + millis, 0);
  const { main = 0, ...others } = threadSeconds;
  const known = Object.values(threadSeconds).reduce((sum, seconds) => sum + seconds, 0);
  const seconds = {
    // A profile counts time of the clock, waits for a processor included.
    ...Object.fromEntries(Object.entries(parts).map(([part, millis]) => [part, (millis / sampled) * main])),
    ...Object.fromEntries(Object.entries(others).map(([name, own]) => [`threads: ${name}`, own])),
    'other processes, and threads in their last moments': Math.max(0, cpuSeconds - known),
  };
  const rows = Object.entries(seconds).map(([part, own]) => [part, (own * 1000) / images] as const);
  return Object.fromEntries(rows.sort(([, a], [, b]) => b - a));
}
