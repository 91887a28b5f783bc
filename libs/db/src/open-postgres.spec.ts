import { openPostgres } from './open-postgres';
import { databasesUnderTest } from './testing/database-under-test';
import { createTestDatabase } from './testing/test-database';

const [, postgres] = databasesUnderTest(process.env);

(postgres?.available === true ? describe : describe.skip)('a server that lets a user in', () => {
  it('and make no tables: what it said, and what to do', async () => {
    const own = await createTestDatabase(postgres?.url);
    const [{ name }] = (await own.executeSql('select current_database() as name')).rows as [{ name: string }];
    const role = `${name}_reader`;
    await own.executeSql(`create role ${role} login password 'p'`);
    // As a new database of a server is to whoever does not own it.
    await own.executeSql('drop schema drizzle cascade');
    const url = new URL(postgres?.url ?? '');
    Object.assign(url, { username: role, password: 'p', pathname: `/${name}` });
    await expect(openPostgres(url.href)).rejects.toMatchObject({
      code: 'DATABASE_UNREACHABLE',
      message: `The database cannot be used: permission denied for database ${name}`,
      next: expect.stringContaining('Make the user the owner of the database'),
    });
    await own.executeSql(`drop role ${role}`);
    await own.close();
  });
});
