import path from 'node:path';
import { z } from 'zod';
import { readSections, writeSections } from './section-file';

/** Where the images of a data set lie in a plane, those that look alike together. */
export interface ImageLayout {
  readonly count: number;
  /** From 0 to 1, in the order of the data set; NaN for an image that lies nowhere. */
  readonly xs: Float32Array;
  readonly ys: Float32Array;
  /** Digest of the network that saw them, as embeddings name it. */
  readonly network: string;
  /** Images by which all others were placed. */
  readonly landmarks: number;
}

/** Raised with every change of the file or its meaning: older ones are as if they were not there. */
const VERSION = 1;

const headSchema = z.object({
  version: z.literal(VERSION),
  /** Id of the data set. */
  source: z.string(),
  count: z.number().int().min(0),
  network: z.string(),
  landmarks: z.number().int().min(0),
});
const KIND = { magic: Buffer.from('winnow layout\n\0\0') };

/** @param state the project's folder of what can be made again */
export function layoutFile(state: string, build: string): string {
  return path.join(state, 'layouts', `${build}.bin`);
}

/**
 * Keeps a layout in a file: whole or not at all. The folder must exist.
 * @param source id of the data set: a file of another one is not read
 * @throws Error of the system where it cannot be written
 */
export async function writeLayout(file: string, { xs, ys, ...facts }: ImageLayout, source: string): Promise<void> {
  const head = { version: VERSION, source, ...facts } satisfies z.infer<typeof headSchema>;
  await writeSections(file, { ...KIND, head }, { xs, ys });
}

/** Reads a layout; null where there is none, or of another version or data set, or damaged. */
export async function readLayout(file: string, source: string): Promise<ImageLayout | null> {
  const sections = await readSections(file, { ...KIND, head: headSchema });
  if (sections === null || sections.head.source !== source) return null;
  const { count, network, landmarks } = sections.head;
  const [xs, ys] = [sections.read('xs', Float32Array, count), sections.read('ys', Float32Array, count)];
  return xs === null || ys === null ? null : { count, xs, ys, network, landmarks };
}
