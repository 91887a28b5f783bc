'use strict';
/**
 * Specs make a hundred embedded databases, and each time PGlite's initdb takes seconds of processor time to write the same
 * files. Here it does so once a version of PGlite, and every new database of a spec begins as a copy of these files.
 * Programs that specs start as processes of their own have none of this, nor has a spec with `jest.unmock`.
 */
const fs = require('node:fs');
const path = require('node:path');

const MODULES = path.resolve(__dirname, '../../node_modules');
const PGLITE = '@electric-sql/pglite';

jest.doMock(PGLITE, () => {
  const actual = jest.requireActual(PGLITE);
  // Of the usual 128 MB every start would clear each byte, and specs have some hundred rows.
  const startParams = [...actual.PGlite.defaultStartParams, '-c', 'shared_buffers=16MB'];
  let empty;
  class CopyingPGlite extends actual.PGlite {
    static async create(given, more) {
      const options = { startParams, ...(typeof given === 'string' ? { ...more, dataDir: given } : given) };
      if (options.loadDataDir !== undefined || !isNew(options.dataDir)) return actual.PGlite.create(options);
      empty ??= emptyDatabase(actual.PGlite);
      return actual.PGlite.create({ ...options, loadDataDir: await empty });
    }
  }
  return { ...actual, PGlite: CopyingPGlite };
});

/** Whether there is nothing yet; a folder that cannot be read is PGlite's to complain of. */
function isNew(folder) {
  if (folder === undefined || folder.startsWith('memory://')) return true;
  try {
    return !fs.existsSync(folder) || fs.readdirSync(folder).length === 0;
  } catch {
    return false;
  }
}

/** @returns a tar of what initdb writes, as a Blob */
async function emptyDatabase(PGlite) {
  const { version } = JSON.parse(fs.readFileSync(path.join(MODULES, PGLITE, 'package.json'), 'utf8'));
  const file = path.join(MODULES, '.cache/winnow-specs', `empty-database-${version}.tar`);
  if (!fs.existsSync(file)) {
    const database = await PGlite.create();
    const made = await database.dumpDataDir('none');
    await database.close();
    fs.mkdirSync(path.dirname(file), { recursive: true });
    const draft = `${file}.${process.pid}`;
    fs.writeFileSync(draft, Buffer.from(await made.arrayBuffer()));
    fs.renameSync(draft, file);
  }
  return new Blob([fs.readFileSync(file)]);
}
