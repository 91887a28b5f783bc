import { readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { csvText } from '../csv-text.mjs';
import { relativePath } from '../relative-path.mjs';
import { workspace } from '../workspace.mjs';
import { writeWorld } from '../write-world.mjs';
import { chooseRows, KINDS } from './choose-rows.mjs';

const { loadWorld, WORLD_FILE } = workspace('@winnow/config');
const { WinnowError } = workspace('@winnow/contracts');
const { SeededRandom } = workspace('@winnow/random');
const { writeFileAtomic } = workspace('@winnow/files');
const { openTable } = workspace('@winnow/shards');

const POOL = 'pool.csv';

/**
 * Writes a world whose pool is a part of another's: its table and world.json; images, test and teacher stay where they
 * are.
 * @param {string} source folder of a world
 * @param {string} out
 * @param {object} request drop, openFraction, limit: see chooseRows; seed; name, if not the one that follows from these
 * @returns {Promise<object>} name, counts by kind
 * @throws WinnowError FILE_NOT_FOUND, FORMAT_INVALID naming the row, CONFIG_INVALID where no image is left
 */
export async function deriveWorld(source, out, { name, seed, ...request }) {
  const file = path.join(source, WORLD_FILE);
  const world = await loadWorld(file);
  const written = JSON.parse(readFileSync(file, 'utf8'));
  const folder = realpathSync(source);
  const pool = await readPool(path.resolve(folder, world.pool));
  const chosen = choose(pool.kinds, {
    ...request,
    order: new SeededRandom(seed).fork('pool').permutation(pool.kinds.length),
  });
  const counts = countKinds(chosen.map((row) => pool.kinds[row]));
  const derivedName = name ?? nameOf(world.name, request);
  await writeWorld(out, 'tools/worlds/derive.mjs', async (draft) => {
    const rows = chosen.map((row) => pool.rows[row]);
    await writeFileAtomic(path.join(draft, POOL), csvText(pool.columns, rows));
    const from = (target) => relativePath(path.dirname(draft), out, path.resolve(folder, target));
    return {
      ...written,
      name: derivedName,
      images: world.images.map(from),
      pool: POOL,
      ...(world.test !== undefined && { test: from(world.test) }),
      ...(world.teacher !== undefined && { teacher: teacherFrom(written.teacher, from) }),
      made: { from: world.name, ...request, seed, counts },
    };
  });
  return { name: derivedName, images: chosen.length, counts };
}

function teacherFrom(teacher, from) {
  const { weights, trainedOn } = teacher;
  return {
    ...teacher,
    weights: from(weights),
    ...(typeof trainedOn === 'string' && { trainedOn: from(trainedOn) }),
  };
}

async function readPool(file) {
  const table = await openTable(file);
  const missing = ['path', 'kind'].find((column) => !table.columns.includes(column));
  if (missing !== undefined) throw invalid(`The pool has no column ${missing}`, file);
  const [rows, kinds] = [[], []];
  for await (const row of table.rows(table.columns)) {
    const cells = table.columns.map((column) => String(row.get(column) ?? ''));
    const kind = String(row.get('kind') ?? '');
    const where = `${file}, row ${rows.length + 1} below the head`;
    if (!KINDS.includes(kind)) throw invalid(`${JSON.stringify(kind.slice(0, 100))} is no kind`, where);
    if (String(row.get('path') ?? '').trim() === '') throw invalid('A path is empty', where);
    rows.push(cells);
    kinds.push(kind);
  }
  return { columns: table.columns, rows, kinds };
}

function choose(kinds, request) {
  let chosen;
  try {
    chosen = chooseRows(kinds, request);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw empty(error.message);
  }
  if (chosen.length === 0) throw empty('nothing would be left of the pool');
  return chosen;
}

/** Such as web7-no-clean, web7-open-40, web7-2000. */
function nameOf(name, { drop, openFraction, limit }) {
  const parts = [
    ...(drop === undefined ? [] : [`no-${drop}`]),
    ...(openFraction === undefined ? [] : [`open-${Number((openFraction * 100).toFixed(2))}`]),
    ...(limit === undefined ? [] : [String(limit)]),
  ];
  return [name, ...parts].join('-');
}

function countKinds(kinds) {
  return Object.fromEntries(KINDS.map((kind) => [kind, kinds.filter((other) => other === kind).length]));
}

function invalid(what, where) {
  return new WinnowError('FORMAT_INVALID', what, { where, next: 'Correct the table.' });
}

function empty(what) {
  return new WinnowError('CONFIG_INVALID', `Such a world cannot be made: ${what}`, {
    where: '--drop, --open-share',
    next: 'Ask for another share, or leave another kind out.',
  });
}
