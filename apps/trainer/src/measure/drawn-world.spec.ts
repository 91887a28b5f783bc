import path from 'node:path';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { pathToFileURL } from 'node:url';
import { loadWorld } from '@winnow/config';
import { loadWorldImages, loadWorldTruth } from './world-images';

const TOOLS = path.resolve(__dirname, '../../../../tools/worlds');
const CLASSES = 50;

interface Row {
  readonly prototype: readonly number[];
  readonly given: string;
  readonly true: string;
  readonly kind: string;
}
interface Planned {
  readonly classes: readonly string[];
  readonly pool: readonly Row[];
  readonly test: readonly Row[];
  /** Of two images of the first class and one of another, drawn by the same random numbers. */
  readonly images: readonly (readonly number[])[];
}

/** Runs planDrawn and drawOutline, ES modules. */
function plan(seed: number): Planned {
  const module = (name: string) => JSON.stringify(pathToFileURL(path.join(TOOLS, name)).href);
  const script = `
    import { drawOutline } from ${module('drawn/outline.mjs')};
    import { planDrawn } from ${module('drawn/plan-drawn.mjs')};
    import { workspace } from ${module('workspace.mjs')};
    const { SeededRandom } = workspace('@winnow/random');
    const random = new SeededRandom(${seed});
    const planned = planDrawn({ classCount: ${CLASSES}, perClass: 40, teacherPerClass: 3, testPerClass: 2, random });
    const images = [0, 0, 2].map((row) => [...drawOutline(planned.test[row].prototype, 16, new SeededRandom('draw'))]);
    process.stdout.write(JSON.stringify({ ...planned, images }));`;
  const options = { encoding: 'utf8', maxBuffer: 2 ** 27 } as const;
  return JSON.parse(execFileSync(process.execPath, ['--input-type=module', '-e', script], options)) as Planned;
}

describe('the pool of drawn outlines', () => {
  const planned = plan(1);
  const of = (kind: string): readonly Row[] => planned.pool.filter((row) => row.kind === kind);

  it('has the kinds that it promises, and says the truth of each', () => {
    const known = of('clean').length + of('closed').length;
    expect(known).toBe(40 * CLASSES);
    expect(of('open')).toHaveLength(Math.round((known * 0.3) / 0.7));
    expect(Math.abs(of('closed').length / known - 0.25)).toBeLessThan(0.03);
    expect(of('clean').every((row) => row.given === row.true)).toBe(true);
    expect(of('closed').every((row) => row.given !== row.true && planned.classes.includes(row.true))).toBe(true);
    expect(of('open').every((row) => row.true === 'open' && planned.classes.includes(row.given))).toBe(true);
    expect(new Set(planned.pool.map((row) => row.given)).size).toBe(CLASSES);
  });

  it('takes a class for the one that is most alike half of the time', () => {
    const counts = new Map<string, number>();
    const wrong = of('closed').filter((row) => row.true === planned.classes[3]);
    wrong.forEach(({ given }) => counts.set(given, (counts.get(given) ?? 0) + 1));
    expect(Math.max(...counts.values())).toBeGreaterThan(wrong.length / 4);
    expect(counts.size).toBeGreaterThan(1);
  });

  it('draws outlines of a class alike, and is the same for a seed', () => {
    const [first, again, other] = planned.images;
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
    expect(plan(1)).toEqual(planned);
    expect(plan(2).pool).not.toEqual(planned.pool);
  });
});

describe('images of a drawn world', () => {
  it('are drawn as an archive takes them, few at a time', () => {
    const module = (name: string) => JSON.stringify(pathToFileURL(path.join(TOOLS, name)).href);
    const archives = mkdtempSync(path.join(tmpdir(), 'winnow-drawn-tar-'));
    const script = `
      import { readFileSync } from 'node:fs';
      import { writeTar, writeTarAsItComes } from ${module('../demo-images/tar.mjs')};
      import { drawImages } from ${module('drawn/draw-images.mjs')};
      import { workspace } from ${module('workspace.mjs')};
      const { SeededRandom } = workspace('@winnow/random');
      const options = { part: 'pool', size: 16, random: new SeededRandom(1) };
      let [drawn, taken, most] = [0, 0, 0];
      const rows = Array.from({ length: 200 }, () => ({
        get prototype() { drawn += 1; return new Array(10).fill(0.1); },
        true: 'a',
      }));
      async function* counted() {
        for await (const image of drawImages(rows, options)) {
          most = Math.max(most, drawn - taken);
          taken += 1;
          yield image;
        }
      }
      const [one, other] = ['one.tar', 'other.tar'];
      const count = await writeTarAsItComes(one, counted());
      const all = [];
      for await (const image of drawImages(rows, options)) all.push(image);
      writeTar(other, all);
      const isSame = readFileSync(one).equals(readFileSync(other));
      process.stdout.write(JSON.stringify({ count, most, isSame, last: all.at(-1).name }));`;
    try {
      const options = { cwd: archives, encoding: 'utf8' } as const;
      const said = execFileSync(process.execPath, ['--input-type=module', '-e', script], options);
      expect(JSON.parse(said)).toEqual({ count: 200, most: 64, isSame: true, last: 'pool/000199.png' });
    } finally {
      rmSync(archives, { recursive: true, force: true });
    }
  });
});

describe('tools/worlds/drawn.mjs', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'winnow-drawn-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [path.join(TOOLS, 'drawn.mjs'), ...args], { cwd: folder, encoding: 'utf8' });

  it('makes a world with its teacher out of nothing', async () => {
    const few = [
      '--classes',
      '3',
      '--per-class',
      '8',
      '--teacher-per-class',
      '4',
      '--test-per-class',
      '2',
      '--epochs',
      '1',
    ];
    const { status, stdout } = run('world', ...few, '--json');
    expect(status).toBe(0);
    const made = JSON.parse(stdout) as { readonly kinds: { readonly open: number } };
    expect(made).toMatchObject({
      name: 'drawn3',
      images: 34,
      test: 6,
      teacher: expect.any(Number),
      kinds: { open: 10 },
    });
    const out = path.join(folder, 'world');
    const world = await loadWorld(path.join(out, 'world.json'));
    const pool = await loadWorldImages(out, world, { table: { file: world.pool, classColumn: 'given' } });
    expect([pool.images.count, pool.images.classes.length]).toEqual([34, 3]);
    const truth = await loadWorldTruth(out, world, pool.paths);
    expect(truth.filter((label) => label === -1)).toHaveLength(10);
    const bytes = readFileSync(path.join(out, 'images.tar'));
    expect(run('world', ...few).status).toBe(0);
    expect(readFileSync(path.join(out, 'images.tar')).equals(bytes)).toBe(true);
  }, 240_000);

  it('refuses a wrong call', () => {
    expect(run().status).toBe(2);
    expect(run('x', '--classes', '1').status).toBe(2);
  });
});
