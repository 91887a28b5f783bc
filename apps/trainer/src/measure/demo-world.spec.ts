import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadWorld } from '@winnow/config';
import { loadWorldImages, loadWorldTruth } from './world-images';

const TOOL = path.resolve(__dirname, '../../../../tools/worlds/demo.mjs');
const DEMO = path.resolve(__dirname, '../../../../examples/demo');

describe('tools/worlds/demo.mjs', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'winnow-demo-world-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("makes a world of the demo's images, each once, under the class that it was listed for first", async () => {
    const out = path.join(folder, 'demo');
    const { status, stdout } = spawnSync(process.execPath, [TOOL, out, '--json'], { encoding: 'utf8' });
    expect(status).toBe(0);
    const made = JSON.parse(stdout) as { images: number; test: number; kinds: Record<string, number> };
    expect(made).toMatchObject({ images: 2160, kinds: { clean: 974, closed: 434, open: 752 } });
    const world = await loadWorld(path.join(out, 'world.json'));
    const pool = await loadWorldImages(out, world, { table: { file: world.pool, classColumn: 'given' } });
    expect([pool.images.count, new Set(pool.paths).size]).toEqual([2160, 2160]);
    const truth = await loadWorldTruth(out, world, pool.paths);
    expect(truth.filter((label) => label < 0)).toHaveLength(752);
    const test = await loadWorldImages(out, world, { table: { file: world.test as string, classColumn: 'label' } });
    expect(test.images.count).toBe(made.test);
    const web = JSON.parse(readFileSync(path.join(DEMO, 'web.json'), 'utf8')) as {
      rows: readonly { picture: string; class: string }[];
    };
    pool.paths.slice(0, 50).forEach((name, row) => {
      const first = web.rows.find(({ picture }) => `pool/${picture}.png` === name);
      expect(world.classes[pool.images.labels[row] as number]).toBe(first?.class);
    });
  });

  it('refuses a wrong call', () => {
    expect(spawnSync(process.execPath, [TOOL]).status).toBe(2);
  });
});
