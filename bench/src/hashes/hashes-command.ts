import { availableParallelism } from 'node:os';
import path from 'node:path';
import type { CommandInput, CommandIo, CommandResult, CommandSpec, JsonValue } from '@winnow/contracts';
import type { HashesBenchResult } from './run-hashes';

/** `npm run bench -- hashes` */
export const hashesCommand: CommandSpec = {
  name: 'hashes',
  summary: 'Near duplicates among many hashes, a sample checked',
  arguments: [],
  options: [
    { flags: '--count <n>', description: 'hashes, also 10k and 100k', type: 'integer', min: 2, default: 1_000_000 },
    { flags: '--workers <n>', description: 'threads (default: all processors)', type: 'integer', min: 1 },
    { flags: '--pictures <source>', description: 'folder or tar (default: drawn pictures)', type: 'string' },
    { flags: '--sample <n>', description: 'hashes compared with all', type: 'integer', min: 0, default: 2000 },
    { flags: '--mirrors', description: 'find mirror images, too; nothing is checked', type: 'boolean' },
  ],
  examples: [
    'npm run bench -- hashes --count 100000',
    'npm run bench -- hashes --pictures photos.tar --workers 2 --json',
  ],
  async run({ options }: CommandInput, io: CommandIo): Promise<CommandResult> {
    const { runHashes } = await import('./run-hashes');
    const { pictures, workers } = options;
    const result = await runHashes(
      {
        count: Number(options['count']),
        workers: workers === undefined ? availableParallelism() : Number(workers),
        pictures: pictures === undefined ? null : path.resolve(io.cwd, String(pictures)),
        sample: Number(options['sample']),
        mirrors: options['mirrors'] === true,
      },
      io,
    );
    const isRight = result.sizes.every(({ wrongNeighbours, wrongPlaces }) => wrongNeighbours + wrongPlaces === 0);
    const json = result as unknown as Record<string, JsonValue>;
    return { exitCode: isRight ? 0 : 1, json, text: toText(result) };
  },
};

function toText({ real, workers, processor, load, sizes }: HashesBenchResult): string[] {
  const seconds = (cost: { readonly wallSeconds: number; readonly cpuSeconds: number }): string =>
    `${cost.wallSeconds.toFixed(1)} s (${cost.cpuSeconds.toFixed(1)} s of processors)`;
  return [
    `hashes derived from those of ${real} pictures; ${workers} threads on ${processor}, load ${load.map((value) => value.toFixed(1)).join(' to ')}`,
    ...sizes.flatMap(({ count, build, lookups, pairs, clustering, checked, peakBytes, ...found }) => [
      `${count} hashes, ${found.distinct} different; at most ${Math.round(peakBytes / 1e6)} MB so far`,
      `  index       ${seconds(build)}`,
      ...lookups.map(
        ({ radiusBits, p50Millis, p95Millis }) =>
          `  look-up     ${p50Millis.toFixed(3)} ms within ${radiusBits} bits (p95 ${p95Millis.toFixed(3)} ms)`,
      ),
      `  near pairs  ${seconds(pairs)}: ${pairs.count}`,
      `  clusters    ${seconds(clustering)}: ${clustering.clusters} and ${clustering.copies} copies`,
      ...(checked === 0
        ? []
        : [
            `  of ${checked} compared with all: ${found.wrongNeighbours} with other neighbours, ${found.wrongPlaces} in another cluster`,
          ]),
    ]),
  ];
}
