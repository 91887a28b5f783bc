import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { loadWorld, WORLD_FILE } from '@winnow/config';
import type { World } from '@winnow/config';
import { WinnowError, WORLD_ENGINE } from '@winnow/contracts';
import type { SourceOptions } from '@winnow/contracts';
import { isPlainPath, openTable, streamTar } from '@winnow/shards';
import { cellText, plainClassName } from './class-namer';
import type { ImportSource, ReadImage, SourceItem } from './import-source';
import { tooLarge } from './read-listed-file';

export interface WorldSource extends ImportSource {
  readonly world: World;
  /** Of world.json; its file names start here. */
  readonly folder: string;
}

const PATH_COLUMN = 'path';
const GIVEN_COLUMN = 'given';

/** An image of the pool under the label it was given. What is true of it is not read here. */
interface PoolRow {
  readonly rank: number;
  readonly className: string;
}

/**
 * A world: images of the pool under the labels they were given, out of the tars that world.json names, wherever those
 * lie. @throws WinnowError FILE_NOT_FOUND, FORMAT_INVALID, USAGE for a name other than its own
 */
export async function worldSource(source: string, { name, maxBytes }: SourceOptions): Promise<WorldSource> {
  const folder = await realpath(source);
  const world = await loadWorld(path.join(folder, WORLD_FILE));
  if (name !== undefined && name !== world.name) {
    throw new WinnowError('USAGE', `The world is named ${world.name}; its truth goes by that name`, {
      where: source,
      next: 'Leave --name out.',
    });
  }
  if (new Set(world.classes).size < world.classes.length) {
    throw new WinnowError('FORMAT_INVALID', 'Two classes of the world have the same name', { where: source });
  }
  return {
    kind: 'world',
    engine: WORLD_ENGINE,
    name: world.name,
    world,
    folder,
    notes: [`World ${world.name}: images stay as they are.`],
    classes: () => Promise.resolve(world.classes),
    items: () => worldItems(world, folder, maxBytes),
  };
}

async function* worldItems(world: World, folder: string, maxBytes: number): AsyncGenerator<SourceItem> {
  const pool = await readPool(path.resolve(folder, world.pool));
  const left = new Set(pool.keys());
  const itemsOf = function* (name: string, read: () => Promise<ReadImage>): Generator<SourceItem> {
    left.delete(name);
    for (const { rank, className } of pool.get(name) ?? []) yield { location: name, rank, className, facts: {}, read };
  };
  for (const image of world.images) {
    const members = streamTar(path.resolve(folder, image), { maxBytes, wanted: (name) => left.has(name) });
    for await (const { name, sizeBytes, bytes } of members) {
      if (!left.has(name)) continue;
      const member: ReadImage = bytes === null ? tooLarge(sizeBytes, maxBytes) : { ok: true, bytes };
      yield* itemsOf(name, () => Promise.resolve(member));
    }
  }
  for (const name of left) {
    const refusal: ReadImage = isPlainPath(name)
      ? { ok: false, outcome: 'gone', detail: 'in none of the tars of the world' }
      : { ok: false, outcome: 'address_refused', detail: 'the path leads out of the world' };
    yield* itemsOf(name, () => Promise.resolve(refusal));
  }
}

/** Rows by path, in the order of the file. An image may stand under several classes. */
async function readPool(file: string): Promise<ReadonlyMap<string, readonly PoolRow[]>> {
  const table = await openTable(file);
  if (![PATH_COLUMN, GIVEN_COLUMN].every((column) => table.columns.includes(column))) {
    throw new WinnowError('FORMAT_INVALID', `The pool needs the columns ${PATH_COLUMN} and ${GIVEN_COLUMN}`, {
      where: file,
    });
  }
  const rows = new Map<string, PoolRow[]>();
  let rank = 0;
  for await (const row of table.rows([PATH_COLUMN, GIVEN_COLUMN])) {
    rank += 1;
    const listed = row.get(PATH_COLUMN);
    const name = typeof listed === 'string' ? listed : cellText(listed);
    const given = cellText(row.get(GIVEN_COLUMN));
    if (name === null || given === null) {
      throw new WinnowError('FORMAT_INVALID', 'Path and class must be text', { where: `${file}, row ${rank}` });
    }
    const known = rows.get(name) ?? [];
    rows.set(name, known);
    known.push({ rank, className: plainClassName(given) });
  }
  return rows;
}
