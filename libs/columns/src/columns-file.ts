import { readFile } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { systemErrorCode, writeDurably } from '@winnow/files';
import { z } from 'zod';
import { STORED_COLUMNS, withDecisions } from './image-columns';
import type { ColumnLists, ImageColumns } from './image-columns';

/** Raised with every change of the columns or their meaning: older files are made again. */
const VERSION = 1;
const MAGIC = Buffer.from('winnow columns\n\0');
/** Magic, then length and checksum of the head, 32 bits each. */
const PREFIX_BYTES = MAGIC.length + 8;
/** Sections begin at multiples of this, so that they are read as numbers where they lie. */
const ALIGNMENT = 8;

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
  sections: z.array(
    z.object({ name: z.string(), offset: z.number().int(), bytes: z.number().int(), crc32: z.number().int() }),
  ),
});
type Section = z.infer<typeof headSchema>['sections'][number];

type Numbers = Uint8Array | Uint16Array | Uint32Array | Float32Array | Float64Array;

/**
 * Keeps columns in a file: whole or not at all. What people decided is not in it. The folder must exist.
 * @param source what they were made from, such as the digests of data set and split: a file of another one is not read
 * @throws Error of the system where it cannot be written
 */
export async function writeColumns(file: string, columns: ImageColumns, source: string): Promise<void> {
  const numbers = Object.entries(sectionsOf(columns));
  // Offsets are counted from the end of the head, whose length depends on them.
  let end = 0;
  const sections = numbers.map(([name, values]): Section => {
    const offset = end;
    end = aligned(offset + values.byteLength);
    return { name, offset, bytes: values.byteLength, crc32: crc32(bytesOf(values)) };
  });
  const { count, lists } = columns;
  const text = JSON.stringify({ version: VERSION, source, count, lists, sections } satisfies z.infer<
    typeof headSchema
  >);
  const padding = ALIGNMENT - ((PREFIX_BYTES + Buffer.byteLength(text)) % ALIGNMENT);
  const head = Buffer.from(text + ' '.repeat(padding));
  const prefix = Buffer.alloc(PREFIX_BYTES);
  MAGIC.copy(prefix);
  prefix.writeUInt32LE(head.length, MAGIC.length);
  prefix.writeUInt32LE(crc32(head), MAGIC.length + 4);
  await writeDurably(file, [
    prefix,
    head,
    ...numbers.flatMap(([, values]) => [
      bytesOf(values),
      new Uint8Array(aligned(values.byteLength) - values.byteLength),
    ]),
  ]);
}

/** Reads columns; null where there are none, or of another version or source, or damaged: they are made again. */
export async function readColumns(file: string, source: string): Promise<ImageColumns | null> {
  const bytes = await readFile(file).catch((error: unknown) => {
    if (systemErrorCode(error) === 'ENOENT') return null;
    throw error;
  });
  if (bytes === null || bytes.length < PREFIX_BYTES || !bytes.subarray(0, MAGIC.length).equals(MAGIC)) return null;
  const start = PREFIX_BYTES + bytes.readUInt32LE(MAGIC.length);
  const headBytes = bytes.subarray(PREFIX_BYTES, start);
  if (crc32(headBytes) !== bytes.readUInt32LE(MAGIC.length + 4)) return null;
  const head = headSchema.safeParse(parsed(headBytes.toString()));
  if (!head.success || head.data.source !== source) return null;
  const { count, lists, sections } = head.data;
  // Never read in parts that do not lie on whole numbers.
  const body = bytes.byteOffset % ALIGNMENT === 0 && start % ALIGNMENT === 0 ? bytes.subarray(start) : null;
  return body === null ? null : columnsOf(body, { count, lists, sections });
}

function columnsOf(
  body: Buffer,
  {
    count,
    lists,
    sections,
  }: { readonly count: number; readonly lists: ColumnLists; readonly sections: readonly Section[] },
): ImageColumns | null {
  const named = new Map(sections.map((section) => [section.name, section]));
  const read = <Type extends Numbers>(
    name: string,
    type: { new (buffer: ArrayBufferLike, offset: number, length: number): Type; readonly BYTES_PER_ELEMENT: number },
    length?: number,
  ): Type | null => {
    const section = named.get(name);
    if (section === undefined || section.offset % ALIGNMENT !== 0) return null;
    const { offset, bytes } = section;
    if (length !== undefined && bytes !== length * type.BYTES_PER_ELEMENT) return null;
    const part = body.subarray(offset, offset + bytes);
    if (part.length !== bytes || crc32(part) !== section.crc32) return null;
    return new type(part.buffer, part.byteOffset, bytes / type.BYTES_PER_ELEMENT);
  };
  const stored = Object.entries(STORED_COLUMNS).map(([name, { type, each }]) => [
    name,
    read<Numbers>(name, type, count * each),
  ]);
  const hostStart = read('hostStart', Uint32Array, count + 1);
  const hosts = read('hosts', Uint32Array);
  if (hostStart === null || hosts === null || stored.some(([, values]) => values === null)) return null;
  return withDecisions(Object.fromEntries(stored) as Parameters<typeof withDecisions>[0], {
    count,
    lists,
    hostStart,
    hosts,
  });
}

function sectionsOf(columns: ImageColumns): Readonly<Record<string, Numbers>> {
  const stored = Object.keys(STORED_COLUMNS).map((name) => [name, columns[name as keyof typeof STORED_COLUMNS]]);
  return { ...Object.fromEntries(stored), hostStart: columns.hostStart, hosts: columns.hosts };
}

function bytesOf(values: Numbers): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
