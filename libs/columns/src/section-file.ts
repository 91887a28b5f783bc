import { readFile } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { systemErrorCode, writeDurably } from '@winnow/files';
import { z } from 'zod';

/** 16 bytes at the begin of a file, which say what it is. */
type Magic = Buffer;
/** Of the head: its length and checksum, 32 bits each. */
const COUNTS_BYTES = 8;
/** Sections begin at multiples of this, so that they are read as numbers where they lie. */
const ALIGNMENT = 8;

const sectionSchema = z.object({
  name: z.string(),
  offset: z.number().int(),
  bytes: z.number().int(),
  crc32: z.number().int(),
});
type Section = z.infer<typeof sectionSchema>;

type Numbers = Uint8Array | Uint16Array | Uint32Array | Float32Array | Float64Array;
interface NumbersType<Type extends Numbers> {
  new (buffer: ArrayBufferLike, offset: number, length: number): Type;
  readonly BYTES_PER_ELEMENT: number;
}

/** Typed arrays by name, with a head that says what they are. */
export interface ReadSections<Head> {
  readonly head: Head;
  /** Numbers where they lie; null where there are none, not so many, or damaged ones. @param length any, if nothing is said */
  read<Type extends Numbers>(name: string, type: NumbersType<Type>, length?: number): Type | null;
}

/**
 * Keeps typed arrays in a file: whole or not at all. The folder must exist.
 * @param head what JSON holds
 * @throws Error of the system where it cannot be written
 */
export async function writeSections(
  file: string,
  { magic, head }: { readonly magic: Magic; readonly head: object },
  numbers: Readonly<Record<string, Numbers>>,
): Promise<void> {
  const named = Object.entries(numbers);
  // Offsets are counted from the end of the head, whose length depends on them.
  let end = 0;
  const sections = named.map(([name, values]): Section => {
    const offset = end;
    end = aligned(offset + values.byteLength);
    return { name, offset, bytes: values.byteLength, crc32: crc32(bytesOf(values)) };
  });
  const text = JSON.stringify({ ...head, sections });
  const prefix = Buffer.alloc(magic.length + COUNTS_BYTES);
  const padding = ALIGNMENT - ((prefix.length + Buffer.byteLength(text)) % ALIGNMENT);
  const headBytes = Buffer.from(text + ' '.repeat(padding));
  magic.copy(prefix);
  prefix.writeUInt32LE(headBytes.length, magic.length);
  prefix.writeUInt32LE(crc32(headBytes), magic.length + 4);
  await writeDurably(file, [
    prefix,
    headBytes,
    ...named.flatMap(([, values]) => [bytesOf(values), new Uint8Array(aligned(values.byteLength) - values.byteLength)]),
  ]);
}

/**
 * Reads what writeSections wrote; null where there is none, its head is damaged or does not fit the schema.
 * @throws Error of the system where it cannot be read
 */
export async function readSections<Head extends z.ZodObject>(
  file: string,
  { magic, head: schema }: { readonly magic: Magic; readonly head: Head },
): Promise<ReadSections<z.infer<Head>> | null> {
  const bytes = await readFile(file).catch((error: unknown) => {
    if (systemErrorCode(error) === 'ENOENT') return null;
    throw error;
  });
  const prefix = magic.length + COUNTS_BYTES;
  if (bytes === null || bytes.length < prefix || !bytes.subarray(0, magic.length).equals(magic)) return null;
  const start = prefix + bytes.readUInt32LE(magic.length);
  const headBytes = bytes.subarray(prefix, start);
  if (crc32(headBytes) !== bytes.readUInt32LE(magic.length + 4)) return null;
  const json = parsed(headBytes.toString());
  const [head, index] = [schema.safeParse(json), z.object({ sections: z.array(sectionSchema) }).safeParse(json)];
  // Never read in parts that do not lie on whole numbers.
  const isAligned = bytes.byteOffset % ALIGNMENT === 0 && start % ALIGNMENT === 0;
  if (!head.success || !index.success || !isAligned) return null;
  const body = bytes.subarray(start);
  const sections = new Map(index.data.sections.map((section) => [section.name, section]));
  return {
    head: head.data,
    read(name, type, length) {
      const section = sections.get(name);
      if (section === undefined || section.offset % ALIGNMENT !== 0) return null;
      if (length !== undefined && section.bytes !== length * type.BYTES_PER_ELEMENT) return null;
      const part = body.subarray(section.offset, section.offset + section.bytes);
      if (part.length !== section.bytes || crc32(part) !== section.crc32) return null;
      return new type(part.buffer, part.byteOffset, section.bytes / type.BYTES_PER_ELEMENT);
    },
  };
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
