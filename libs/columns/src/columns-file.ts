import { z } from 'zod';
import { STORED_COLUMNS, withDecisions } from './image-columns';
import type { ImageColumns } from './image-columns';
import { readSections, writeSections } from './section-file';

/** Raised with every change of the columns or their meaning: older files are made again. */
const VERSION = 1;

const headSchema = z.object({
  version: z.literal(VERSION),
  /** What the columns were made from. */
  source: z.string(),
  count: z.number().int().min(0),
  lists: z.object({
    classes: z.array(z.string()).readonly(),
    shards: z.array(z.string()).readonly(),
    licenses: z.array(z.string()).readonly(),
    engines: z.array(z.string()).readonly(),
    hosts: z.array(z.string()).readonly(),
  }),
});
const KIND = { magic: Buffer.from('winnow columns\n\0') };

/**
 * Keeps columns in a file: whole or not at all. What people decided is not in it. The folder must exist.
 * @param source what they were made from, such as the digests of data set and split: a file of another one is not read
 * @throws Error of the system where it cannot be written
 */
export async function writeColumns(file: string, columns: ImageColumns, source: string): Promise<void> {
  const { count, lists, hostStart, hosts } = columns;
  const head = { version: VERSION, source, count, lists } satisfies z.infer<typeof headSchema>;
  const stored = Object.keys(STORED_COLUMNS).map((name) => [name, columns[name as keyof typeof STORED_COLUMNS]]);
  await writeSections(file, { ...KIND, head }, { ...Object.fromEntries(stored), hostStart, hosts });
}

/** Reads columns; null where there are none, or of another version or source, or damaged: they are made again. */
export async function readColumns(file: string, source: string): Promise<ImageColumns | null> {
  const sections = await readSections(file, { ...KIND, head: headSchema });
  if (sections === null || sections.head.source !== source) return null;
  const { count, lists } = sections.head;
  const stored = Object.entries(STORED_COLUMNS).map(
    ([name, { type, each }]) => [name, sections.read<InstanceType<typeof type>>(name, type, count * each)] as const,
  );
  const hostStart = sections.read('hostStart', Uint32Array, count + 1);
  const hosts = sections.read('hosts', Uint32Array);
  if (hostStart === null || hosts === null || stored.some(([, values]) => values === null)) return null;
  return withDecisions(Object.fromEntries(stored) as Parameters<typeof withDecisions>[0], {
    count,
    lists,
    hostStart,
    hosts,
  });
}
