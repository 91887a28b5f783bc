'use strict';
/**
 * PGlite for tests. Making an embedded database takes initdb and the migrations seconds of processor time to write the
 * same files; here they do so once, and every new database begins as a copy. What each start reads and compiles anew is
 * kept as well.
 */
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const ROOT = path.resolve(__dirname, '../..');
const MIGRATIONS = path.join(ROOT, 'migrations');
const NAME = '@electric-sql/pglite';
const PACKAGE = path.join(ROOT, 'node_modules', NAME);
const KEPT = path.join(ROOT, 'node_modules/.cache/winnow-specs');
/** Compiled and read once a process. */
let program;
/** The folder that gets its name once it is whole, of a new database and of a rescued one. */
const MADE_BY_WINNOW = /[/\\]db\.(?:new|rescue)$/;

/**
 * @param load loads a package as it is
 * @param keepsAll every database that is closed stays open for whoever opens it next, until the process has nothing to do
 * @returns PGlite's exports with another class. Databases in memory and those that winnow makes have its tables already,
 *   as what would be made first is known; in other folders they are bare
 */
function copyingPGlite(load, keepsAll = false) {
  const actual = load(NAME);
  const ofSpecs = [
    // Of the usual 128 MB every start would clear each byte, and specs have some hundred rows.
    ...['-c', 'shared_buffers=16MB'],
    // One that was killed goes on telling of its recovery, by a timer that would let no process end.
    ...['-c', 'log_startup_progress_interval=0'],
  ];
  const keeper = databaseKeeper(keepsAll);
  class CopyingPGlite extends actual.PGlite {
    /** As libs/db/src/testing/keep-database-open.ts says. */
    static keepOpen(folder) {
      return keeper.keepOpen(folder);
    }

    static async create(given, more) {
      program ??= loadProgram();
      const wanted = typeof given === 'string' ? { ...more, dataDir: given } : given;
      const startParams = [...(wanted?.startParams ?? actual.PGlite.defaultStartParams), ...ofSpecs];
      const options = { ...(await program), ...wanted, startParams };
      if (options.loadDataDir !== undefined) return actual.PGlite.create(options);
      if (options.dataDir === undefined || options.dataDir.startsWith('memory://')) {
        return openScratch(await emptyFolder(load), (dataDir) => actual.PGlite.create({ ...options, dataDir }));
      }
      if (isNew(options.dataDir)) {
        const empty = MADE_BY_WINNOW.test(options.dataDir) ? await emptyFolder(load) : await bareFolder(load);
        fs.cpSync(empty, options.dataDir, { recursive: true });
      }
      return keeper.open(options.dataDir, () => actual.PGlite.create(options));
    }
  }
  return { ...actual, PGlite: CopyingPGlite };
}

/** In a folder of its own, which opens in a third of the time that PGlite takes to fill a file system in memory. */
async function openScratch(empty, create) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'w-db-'));
  fs.cpSync(empty, folder, { recursive: true });
  const client = await create(folder);
  const close = client.close.bind(client);
  client.close = async () => {
    await close();
    fs.rmSync(folder, { recursive: true, force: true });
  };
  return client;
}

/** Databases that are not closed when it is asked for, but given to whoever opens them next. */
function databaseKeeper(keepsAll) {
  const idle = new Map();
  const kept = new Set();
  /** A client whose `close` gives it back, its session as new. */
  const lent = (folder, client) => {
    const own = {
      closed: false,
      close: async () => {
        own.closed = true;
        await client.exec('discard all');
        idle.set(folder, client);
      },
    };
    return new Proxy(client, {
      get: (target, name) => {
        if (name in own) return own[name];
        const value = Reflect.get(target, name, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
      set: (_target, name, value) => {
        own[name] = value;
        return true;
      },
    });
  };
  const letGo = async (folder) => {
    kept.delete(folder);
    const client = idle.get(folder);
    idle.delete(folder);
    await client?.close();
  };
  if (keepsAll) process.on('beforeExit', () => Promise.all([...idle.keys()].map(letGo)));
  return {
    keepOpen(folder) {
      kept.add(folder);
      return () => letGo(folder);
    },
    async open(folder, create) {
      // One in the making gets its name once it is closed.
      const isKept = kept.has(folder) || (keepsAll && !MADE_BY_WINNOW.test(folder));
      if (!isKept) return create();
      const client = idle.get(folder) ?? (await create());
      idle.delete(folder);
      return lent(folder, client);
    },
  };
}

/** Postgres, compiled, and the files that it comes with. */
async function loadProgram() {
  const read = (name) => fs.readFileSync(path.join(PACKAGE, 'dist', name));
  return {
    pgliteWasmModule: await WebAssembly.compile(read('pglite.wasm')),
    fsBundle: new Blob([read('pglite.data')]),
  };
}

/** Whether there is nothing yet; a folder that cannot be read is PGlite's to complain of. */
function isNew(folder) {
  try {
    return !fs.existsSync(folder) || fs.readdirSync(folder).length === 0;
  } catch {
    return false;
  }
}

/** @returns a folder of an empty database with winnow's tables, without those that Postgres keeps to make others from */
function emptyFolder(load) {
  return kept(`tables-alone-${migrationsDigest()}`, async (draft) => {
    fs.cpSync(await bareFolder(load), draft, { recursive: true });
    const database = await load(NAME).PGlite.create(draft);
    await migrate(load, database);
    await database.exec('update pg_database set datistemplate = false');
    for (const name of ['template0', 'template1']) await database.exec(`drop database ${name}`);
    await database.close();
  });
}

/** @returns a folder of what initdb writes */
function bareFolder(load) {
  return kept('bare', async (draft) => (await load(NAME).PGlite.create(draft)).close());
}

async function migrate(load, client) {
  const { drizzle } = load('drizzle-orm/pglite');
  const { migrate: apply } = load('drizzle-orm/pglite/migrator');
  await apply(drizzle({ client }), { migrationsFolder: MIGRATIONS });
}

function migrationsDigest() {
  const digest = createHash('sha256');
  for (const name of ['meta/_journal.json', ...fs.readdirSync(MIGRATIONS).filter((file) => file.endsWith('.sql'))]) {
    digest.update(fs.readFileSync(path.join(MIGRATIONS, name)));
  }
  return digest.digest('hex').slice(0, 12);
}

/** @returns the path of what is made once; several workers may want it at the same time */
async function kept(name, make) {
  const { version } = JSON.parse(fs.readFileSync(path.join(PACKAGE, 'package.json'), 'utf8'));
  const target = path.join(KEPT, `database-${version}-${name}`);
  if (fs.existsSync(target)) return target;
  fs.mkdirSync(KEPT, { recursive: true });
  const draft = `${target}.${process.pid}`;
  fs.rmSync(draft, { recursive: true, force: true });
  await make(draft);
  try {
    fs.renameSync(draft, target);
  } catch (error) {
    if (!fs.existsSync(target)) throw error;
    fs.rmSync(draft, { recursive: true });
  }
  return target;
}

module.exports = { NAME, copyingPGlite };
