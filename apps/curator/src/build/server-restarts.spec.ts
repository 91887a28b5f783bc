import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { openProjectDatabase } from '@winnow/db';
import { databasesUnderTest } from '@winnow/db/testing';
import { runBuild } from '../commands/run-build';
import { runVerify } from '../commands/run-verify';
import { drawImages, storeImages, writeProject } from '../spec-support/drawn-project';

/** A server of its own, which restarts for every line that it is sent. */
const SERVER = `
  const { startTestPostgres } = await import(process.argv[1]);
  const { createInterface } = await import('node:readline');
  const server = await startTestPostgres();
  console.log(server.url ?? '');
  for await (const line of createInterface({ input: process.stdin })) {
    server.restart();
    console.log(line);
  }
  server.stop?.();`;
const TOOL = path.resolve(__dirname, '../../../../tools/test-postgres.mjs');

const [, postgres] = databasesUnderTest(process.env);

(postgres?.available === true ? describe : describe.skip)('a server that restarts', () => {
  let server: ChildProcess;
  let lines: AsyncIterator<string>;
  let folder: string;
  beforeAll(() => {
    server = spawn(process.execPath, ['--input-type=module', '-e', SERVER, TOOL], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    if (server.stdout === null) throw new Error('no output');
    lines = createInterface({ input: server.stdout })[Symbol.asyncIterator]();
    folder = mkdtempSync(path.join(tmpdir(), 'winnow-restarts-'));
  });
  afterAll(async () => {
    const ended = new Promise((resolve) => server.once('exit', resolve));
    server.stdin?.end();
    await ended;
    rmSync(folder, { recursive: true, force: true });
  });
  const nextLine = async (): Promise<string> => String((await lines.next()).value);

  it('is waited for by build and verify, at their start and in their middle, and the data set is the same', async () => {
    const url = await nextLine();
    const images = await drawImages(6);
    const digests: unknown[] = [];
    for (const restarts of [0, 2]) {
      const config = { ...(await writeProject(path.join(folder, String(restarts)))), databaseUrl: url };
      let left = restarts;
      const restart = (): void => {
        left -= 1;
        if (left >= 0) server.stdin?.write('restart\n');
      };
      const shown = { update: restart, end: () => undefined };
      const signal = new AbortController().signal;
      const io = {
        ...{ cwd: config.paths.root, env: { DATABASE_URL: url }, signal, log: () => undefined },
        progress: { start: () => shown },
      };
      const database = await openProjectDatabase(config, { holder: 'a spec' }, io);
      await database.executeSql('drop schema public cascade; drop schema drizzle cascade; create schema public');
      await database.close();
      const again = await openProjectDatabase(config, { holder: 'a spec' }, io);
      await storeImages(again.db, config, images);
      await again.close();
      // The server is going down or coming up when the build opens it.
      restart();
      const input = { arguments: { project: config.paths.file }, options: {} };
      digests.push((await runBuild(input, io)).json);
      expect(await runVerify(input, io)).toMatchObject({ exitCode: 0 });
      for (let done = 0; done < restarts; done += 1) expect(await nextLine()).toBe('restart');
      expect(left).toBeLessThan(0);
    }
    const [first, second] = digests as { readonly build: string; readonly digest: string }[];
    expect({ build: second?.build, digest: second?.digest }).toEqual({ build: first?.build, digest: first?.digest });
  });
});
