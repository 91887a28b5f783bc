import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { DecisionsStored } from '@winnow/contracts';
import { listDecisions, openDatabase } from '@winnow/db';
import { databasesUnderTest } from '@winnow/db/testing';
import { SeededRandom } from '@winnow/random';
import { makeOwnDatabase } from '../spec-support/own-database';
import { writeStudioProject } from '../spec-support/studio-project';

const WINNOW = path.resolve(__dirname, '../../../../apps/winnow/bin/winnow.js');
const SEED = Number(process.env['WINNOW_KILL_SEED'] ?? 20_261_130);
const DECISIONS = 500;
const AT_ONCE = 5;
const KILLS = Number(process.env['WINNOW_STUDIO_KILLS'] ?? 4);
const uuid = (id: number): string => `00000000-0000-4000-8000-${String(id).padStart(12, '0')}`;

/** Starts the server as a person does. */
async function startStudio(cwd: string, databaseUrl: string | undefined) {
  const { DATABASE_URL: _, ...env } = process.env;
  const child = spawn(process.execPath, [WINNOW, 'studio', 'p.yaml', '--no-open', '--json'], {
    ...{ cwd, stdio: ['ignore', 'pipe', 'inherit'] },
    env: { ...env, NODE_OPTIONS: '', ...(databaseUrl !== undefined && { DATABASE_URL: databaseUrl }) },
  });
  const [told] = (await once(createInterface({ input: child.stdout as NodeJS.ReadableStream }), 'line')) as [string];
  const { port, link } = JSON.parse(told) as { port: number; link: string };
  const authorization = `Bearer ${new URL(link).hash.replace('#key=', '')}`;
  return { child, address: `http://127.0.0.1:${port}/api/decisions`, authorization };
}
type Studio = Awaited<ReturnType<typeof startStudio>>;

/** @returns ids that the server says are stored; none where it died meanwhile */
async function post({ address, authorization }: Studio, sha256: string, id: number): Promise<readonly string[]> {
  const decisions = [
    { id: uuid(id), batch: uuid(id), sha256, says: id % 2 === 0 ? 'open' : 'class:cat', origin: 'one' },
  ];
  const headers = { authorization, 'content-type': 'application/json' };
  const sent = fetch(address, {
    method: 'POST',
    headers,
    body: JSON.stringify({ decisions }),
    signal: AbortSignal.timeout(60_000),
  });
  const answer = await sent
    .then((response) => (response.ok ? (response.json() as Promise<DecisionsStored>) : null))
    .catch(() => null);
  return answer?.stored ?? [];
}

const isRunning = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode === null && signalCode === null;

async function kill({ child }: Studio): Promise<void> {
  const ended = isRunning(child) ? once(child, 'exit') : null;
  child.kill('SIGKILL');
  await ended;
}

describe.each(databasesUnderTest(process.env))('a studio that is killed on $name', ({ url, available }) => {
  (available ? it : it.skip)(
    'has every decision that it acknowledged, once, and takes the others when it is there again',
    async () => {
      const database = await makeOwnDatabase(url);
      const project = await writeStudioProject({ databaseUrl: database.url });
      const random = new SeededRandom(SEED);
      const start = () => startStudio(project.config.paths.root, database.url);
      const moments = new Set(Array.from({ length: KILLS }, () => random.int(DECISIONS)));
      const stored = new Map<string, number>();
      let waiting = Array.from({ length: DECISIONS }, (_, id) => id);
      let studio = await start();
      try {
        for (let tries = 0; waiting.length > 0; tries += 1) {
          expect(tries).toBeLessThan(2 * DECISIONS);
          const now = waiting.slice(0, AT_ONCE);
          await Promise.all(
            now.map(async (id) => {
              const ids = await post(studio, project.digests[id % project.digests.length] as string, id);
              for (const one of ids) stored.set(one, (stored.get(one) ?? 0) + 1);
              // The others are on their way.
              if (moments.delete(id)) await kill(studio);
            }),
          );
          waiting = waiting.filter((id) => !stored.has(uuid(id)));
          if (!isRunning(studio.child)) studio = await start();
        }
      } finally {
        await kill(studio);
      }
      expect(moments.size).toBe(0);
      const handle = await openDatabase({ url: database.url, stateDir: project.config.paths.state, holder: 'a spec' });
      const lines = await listDecisions(handle.db, 'p');
      await handle.close();
      expect(lines.map(({ id }) => id).sort()).toEqual([...stored.keys()].sort());
      expect(lines).toHaveLength(DECISIONS);
      project.remove();
      await database.drop();
    },
  );
});
