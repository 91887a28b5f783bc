import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { CommandIo, CommandSpec } from '@winnow/contracts';
import { startLoopbackServer } from '../spec-support/loopback-server';
import { commands } from './commands';

let folder: string;
const logged: string[] = [];
beforeEach(() => {
  logged.length = 0;
  folder = mkdtempSync(path.join(tmpdir(), 'winnow-crawl-command-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const io = (): CommandIo => ({
  cwd: folder,
  env: { WINNOW_LOOPBACK_ONLY: '1' },
  signal: new AbortController().signal,
  log: (line) => void logged.push(line),
  progress: { start: () => ({ update: () => undefined, end: () => undefined }) },
});

function run(names: readonly string[], args: Record<string, string>, options: Record<string, unknown> = {}) {
  const find = (specs: readonly CommandSpec[], name: string | undefined): CommandSpec | undefined =>
    specs.find((spec) => spec.name === name);
  const first = find(commands, names[0]);
  const spec = names[1] === undefined ? first : find(first?.subcommands ?? [], names[1]);
  if (spec?.run === undefined) throw new Error(`no command ${names.join(' ')}`);
  return spec.run({ arguments: args, options }, io());
}

describe('winnow crawl', () => {
  it('says which classes have no search texts', async () => {
    writeFileSync(
      path.join(folder, 'pets.yaml'),
      'name: pets\nclasses: [{ name: cat, queries: [cat] }, { name: dog }]\n',
    );
    await expect(run(['crawl'], { project: 'pets.yaml' })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      where: 'pets.yaml, classes: dog',
    });
  });

  it('asks for a contact of the person who crawls, unless all it asks are stand-ins', async () => {
    const text = 'name: pets\nclasses: [{ name: cat, queries: [cat] }, { name: dog, queries: [dog] }]\n';
    for (const harvest of ['', 'harvest: { contact: " " }\n', 'harvest: { contact: you@example.org }\n']) {
      writeFileSync(path.join(folder, 'pets.yaml'), `${text}${harvest}`);
      await expect(run(['crawl'], { project: 'pets.yaml' })).rejects.toMatchObject({
        code: 'CONFIG_INVALID',
        exitCode: 2,
        where: 'pets.yaml, harvest.contact',
        next: expect.stringContaining('a mail address or URL of yours'),
      });
    }
  });

  it('says how far it is until its database is free for whoever asks', async () => {
    const asked: (() => void)[] = [];
    const locations = ['status.json', 'db.lock'].map((name) => path.join(folder, '.winnow', name));
    const server = await startLoopbackServer((request, response) => {
      if (request.headers.host !== 'api.openverse.org') {
        asked.push(() => response.writeHead(404).end());
        return;
      }
      response.end(JSON.stringify({ page: 1, page_count: 1, results: [{ url: 'http://img.test/a.png' }] }));
    });
    const seen: string[] = [];
    const look = setInterval(() => {
      // The image is not answered before the crawl has said how far it is.
      if (existsSync(locations[0] as string)) asked.splice(0).forEach((answer) => answer());
      const now = locations.map(existsSync).join(' ');
      if (seen.at(-1) !== now) seen.push(now);
    }, 1);
    try {
      const resolve = `{ api.openverse.org: '${server.address}', img.test: '${server.address}' }`;
      writeFileSync(
        path.join(folder, 'pets.yaml'),
        'name: pets\nclasses: [{ name: cat, queries: [cat] }, { name: dog, queries: [dog] }]\n' +
          `harvest: { engines: [openverse], delayMillis: 0, respectRobots: false, respectTdm: false, resolve: ${resolve} }\n`,
      );
      await run(['crawl'], { project: 'pets.yaml' });
    } finally {
      clearInterval(look);
      await server.close();
    }
    const written = seen.indexOf('true true');
    expect(written).toBeGreaterThan(-1);
    expect(seen.slice(written + 1)).not.toContain('false true');
    expect(locations.map(existsSync)).toEqual([false, false]);
  });

  it('crawls what the project file names and says what is left to do', async () => {
    const server = await startLoopbackServer((request, response) => {
      const isEngine = request.headers.host === 'api.openverse.org';
      const results = [{ url: 'http://img.test/a.png' }, { url: 'http://img.test/b.png' }];
      if (isEngine) response.end(JSON.stringify({ page: 1, page_count: 1, results }));
      else response.writeHead(request.url === '/a.png' ? 503 : 404, { 'retry-after': '600' }).end();
    });
    try {
      const resolve = `{ api.openverse.org: '${server.address}', img.test: '${server.address}' }`;
      writeFileSync(
        path.join(folder, 'pets.yaml'),
        'name: pets\nclasses: [{ name: cat, queries: [cat, cat] }, { name: dog, queries: [dog] }]\n' +
          `harvest: { engines: [openverse], delayMillis: 0, resolve: ${resolve} }\n`,
      );
      const result = await run(['crawl'], { project: 'pets.yaml' });
      expect(result.exitCode).toBe(3);
      expect(result.json).toMatchObject({
        harvested: 4,
        urls: 2,
        stored: 0,
        failed: { gone: 1, server_error: 1 },
        outcomes: { duplicate_url: 2 },
        retryLater: 1,
        respectRobots: true,
      });
      expect(result.text.join('\n')).toContain('winnow crawl pets.yaml --retry failed');
      expect(logged.join('\n')).not.toContain('was crawled from');
      // Moved, or another project of the same name: only a person can tell.
      const moved = `${folder}-moved`;
      renameSync(folder, moved);
      const before = folder;
      folder = moved;
      expect(logged.join('\n')).not.toContain('since the last crawl');
      const text = readFileSync(path.join(folder, 'pets.yaml'), 'utf8');
      writeFileSync(path.join(folder, 'pets.yaml'), text.replace('delayMillis: 0', 'delayMillis: 0, licenses: share'));
      await run(['crawl'], { project: 'pets.yaml' });
      expect(logged.join('\n')).toContain('harvest.licenses changed since the last crawl');
      expect(logged.join('\n')).toContain(`was crawled from ${path.join(before, '.winnow')} before`);
    } finally {
      await server.close();
    }
  });
});
