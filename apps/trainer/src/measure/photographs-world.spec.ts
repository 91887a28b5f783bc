import path from 'node:path';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { pathToFileURL } from 'node:url';
import { loadWorld } from '@winnow/config';
import { isModelName } from '@winnow/models';
import { itWhereShared, sharedPath } from '@winnow/testing';
import { loadWorldImages, loadWorldTruth } from './world-images';

const ROOT = path.resolve(__dirname, '../../../..');
const TOOLS = path.join(ROOT, 'tools/worlds');
const SHARED = sharedPath('data');
const itShared = itWhereShared('data/imagenette.tar');

interface PlannedRow {
  readonly original: string;
  readonly source: string;
  readonly given: string;
  readonly true: string;
  readonly kind: 'clean' | 'closed' | 'open';
}

/** Runs planPool, an ES module, on made-up names. */
function plan(limit: number, seed: number): readonly PlannedRow[] {
  const module = (name: string) => JSON.stringify(pathToFileURL(path.join(TOOLS, name)).href);
  const script = `
    import { CLASSES } from ${module('photographs/known-classes.mjs')};
    import { planPool } from ${module('photographs/plan-pool.mjs')};
    import { workspace } from ${module('workspace.mjs')};
    const { SeededRandom } = workspace('@winnow/random');
    const names = (group, count) => Array.from({ length: count }, (_, index) => group + '/' + index);
    const known = Object.fromEntries(CLASSES.map((name) => [name, names(name, 200)]));
    const open = { flowers: names('flowers', 600), 'clip-art': names('clip-art', 400), imagenet: names('imagenet', 1000) };
    const rows = planPool({ known, open }, { limit: ${limit}, random: new SeededRandom(${seed}) });
    process.stdout.write(JSON.stringify(rows));`;
  return JSON.parse(execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })) as [];
}

const count = <T>(items: readonly T[], test: (item: T) => boolean): number => items.filter(test).length;

describe('the pool of photographs', () => {
  const rows = plan(2000, 1);

  it('has the shares that it promises, known classes and sources in proportion', () => {
    expect(count(rows, ({ kind }) => kind === 'open')).toBe(800);
    expect(count(rows, ({ kind }) => kind === 'closed')).toBe(264);
    expect(count(rows, ({ kind }) => kind === 'clean')).toBe(936);
    expect(count(rows, ({ true: shown }) => shown === 'tench')).toBe(120);
    expect(count(rows, ({ source }) => source === 'flowers')).toBe(240);
    expect(count(rows, ({ source }) => source === 'clip-art')).toBe(160);
    expect(new Set(rows.map(({ original }) => original)).size).toBe(2000);
  });

  it('says the truth of every row: what is closed has another label, half of the time the likely one', () => {
    for (const row of rows) {
      if (row.kind === 'open') expect(row.true).toBe('open');
      else
        expect([row.original.startsWith(`${row.true}/`), row.given === row.true]).toEqual([true, row.kind === 'clean']);
    }
    const church = rows.filter((row) => row.kind === 'closed' && row.true === 'church');
    const likely = count(
      rows,
      (row) => row.kind === 'closed' && row.true === 'tench' && row.given === 'english-springer',
    );
    expect(likely).toBeGreaterThan(count(rows, (row) => row.kind === 'closed' && row.true === 'tench') / 3);
    expect(new Set(church.map(({ given }) => given)).size).toBeGreaterThan(2);
    const openLabels = rows.filter(({ kind }) => kind === 'open').map(({ given }) => given);
    expect(new Set(openLabels).size).toBe(10);
  });

  it('is the same for a seed and another for another, and tells nothing by its order', () => {
    expect(plan(2000, 1)).toEqual(rows);
    expect(plan(2000, 2)).not.toEqual(rows);
    const firstHalf = rows.slice(0, 1000);
    expect(Math.abs(count(firstHalf, ({ kind }) => kind === 'open') - 400)).toBeLessThan(60);
  });

  it('is as large as its images allow', () => {
    const all = plan(100_000, 1);
    expect(all).toHaveLength(3333);
    expect(count(all, ({ kind }) => kind === 'open')).toBe(1333);
  });
});

describe('tools/worlds/photographs.mjs', () => {
  itShared(
    'makes a world that can be read, with its teacher (needs ../shared)',
    async () => {
      const folder = mkdtempSync(path.join(tmpdir(), 'winnow-photographs-'));
      try {
        const out = path.join(folder, 'world');
        const args = [
          path.join(TOOLS, 'photographs.mjs'),
          SHARED,
          out,
          '--limit',
          '60',
          '--test-limit',
          '20',
          '--json',
        ];
        const made = JSON.parse(
          execFileSync(process.execPath, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }),
        ) as { teacher: number; kinds: object };
        expect(made).toMatchObject({ images: 60, test: 20, leaks: 0, kinds: { clean: 28, closed: 8, open: 24 } });
        expect(made.teacher).toBeGreaterThanOrEqual(0.9);
        expect(readdirSync(out).sort()).toEqual(['images.tar', 'pool.csv', 'teacher', 'test.csv', 'world.json']);
        const world = await loadWorld(path.join(out, 'world.json'));
        expect(isModelName(world.student as string)).toBe(true);
        const table = { file: world.pool, classColumn: 'given' as const };
        const { images, paths } = await loadWorldImages(out, world, { table });
        expect([images.count, images.size, images.classes.length]).toEqual([60, 224, 10]);
        const truth = await loadWorldTruth(out, world, paths);
        expect(truth.filter((label) => label === -1)).toHaveLength(24);
        expect(truth.filter((label, row) => label !== -1 && label !== images.labels[row])).toHaveLength(8);
        expect(paths.every((name, row) => name === `pool/${String(row).padStart(5, '0')}.jpg`)).toBe(true);
        const text = readFileSync(path.join(out, 'pool.csv'), 'utf8');
        expect(text).not.toMatch(/welsh_springer|tape_player|bell_cote/i);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
    300_000,
  );
});
