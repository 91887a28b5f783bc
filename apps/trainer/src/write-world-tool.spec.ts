import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const TOOL = pathToFileURL(path.resolve(__dirname, '../../../tools/worlds/write-world.mjs')).href;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'winnow-write-world-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Writes the world `out` of that name in a process of its own. @param before statements that change node:fs */
function write(name: string, before = ''): string {
  const script = `
    import fs from 'node:fs';
    import { syncBuiltinESMExports } from 'node:module';
    const { writeWorld } = await import(${JSON.stringify(TOOL)});
    const { renameSync } = fs;
    ${before}
    syncBuiltinESMExports();
    const world = { name: ${JSON.stringify(name)}, classes: ['a', 'b'], size: 8, images: ['a.tar'], pool: 'pool.csv' };
    await writeWorld('out', 'a spec', async () => {
      if (world.name === 'none') throw new Error('no more');
      return world;
    });`;
  const { status, signal } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { cwd: folder });
  return String(signal ?? status);
}
const nameOf = (): unknown =>
  (JSON.parse(readFileSync(path.join(folder, 'out/world.json'), 'utf8')) as { readonly name: unknown }).name;

describe('tools/worlds/write-world.mjs', () => {
  it('replaces a world, and keeps it where the new one does not get into its place', () => {
    expect([write('one'), write('two'), nameOf()]).toEqual(['0', '0', 'two']);
    const failing = `fs.renameSync = (from, to) => {
      if (from.endsWith('.tmp')) throw new Error('not now');
      renameSync(from, to);
    };`;
    expect([write('three', failing), nameOf(), readdirSync(folder)]).toEqual(['1', 'two', ['out']]);
  });

  it('brings a world back that a killed call had only moved aside', () => {
    write('one');
    const killed = `fs.renameSync = (from, to) => {
      if (from.endsWith('.tmp')) process.kill(process.pid, 'SIGKILL');
      renameSync(from, to);
    };`;
    expect(write('two', killed)).toBe('SIGKILL');
    expect(readdirSync(folder)).not.toContain('out');
    expect([write('none'), nameOf()]).toEqual(['1', 'one']);
  });
});
