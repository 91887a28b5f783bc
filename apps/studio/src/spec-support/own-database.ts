import { openDatabase } from '@winnow/db';

/** A database of its own on a server, for specs that run beside others. */
export interface OwnDatabase {
  /** Undefined: the embedded one of the project. */
  readonly url: string | undefined;
  drop(): Promise<void>;
}

/** @param server of WINNOW_TEST_DATABASE_URL; undefined: none is made */
export async function makeOwnDatabase(server: string | undefined): Promise<OwnDatabase> {
  if (server === undefined) return { url: undefined, drop: () => Promise.resolve() };
  const name = `winnow_studio_${process.pid}_${String(process.hrtime.bigint())}`;
  const asAdmin = async (statement: string): Promise<void> => {
    const admin = await openDatabase({ url: server, stateDir: '', holder: 'a spec' });
    await admin.executeSql(statement).finally(() => admin.close());
  };
  await asAdmin(`create database ${name}`);
  const own = new URL(server);
  own.pathname = `/${name}`;
  return { url: own.href, drop: () => asAdmin(`drop database ${name} with (force)`) };
}
