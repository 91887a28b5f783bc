/** A database that specs run on; one without a URL is skipped, and counted as skipped. */
export interface DatabaseUnderTest {
  readonly name: 'pglite' | 'postgres';
  readonly url: string | undefined;
  readonly available: boolean;
}

/** PGlite always, and the server of WINNOW_TEST_DATABASE_URL. */
export function databasesUnderTest(env: Readonly<Record<string, string | undefined>>): readonly DatabaseUnderTest[] {
  const url = env['WINNOW_TEST_DATABASE_URL'];
  return [
    { name: 'pglite', url: undefined, available: true },
    { name: 'postgres', url, available: url !== undefined && url !== '' },
  ];
}
