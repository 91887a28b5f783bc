import path from 'node:path';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { loadWorld } from '@winnow/config';
import { encodePng } from '@winnow/imaging';
import { openTable } from '@winnow/shards';
import { tarBytes } from '@winnow/testing';
import { loadWorldImages, loadWorldTruth } from './world-images';

const TOOLS = path.resolve(__dirname, '../../../../tools/worlds');
const KNOWN = ['automobile', 'deer', 'horse', 'ship', 'truck'];
const CLASSES = [...KNOWN, 'airplane', 'bird', 'cat', 'dog', 'frog'];
const PER_CLASS = 6;
const TEACHER_PER_CLASS = 2;

interface Planned {
  readonly pool: readonly {
    readonly path: string;
    readonly given: string;
    readonly true: string;
    readonly kind: string;
  }[];
  readonly teacher: readonly { readonly path: string; readonly label: string }[];
  readonly test: readonly { readonly path: string }[];
}

const imageOf = (name: string, index: number): string => `train/${name}/${String(index).padStart(4, '0')}.jpg`;
/** The first image of each class is taken for one of the next class, the second for a deer. */
const annotated = CLASSES.flatMap((clean, row) =>
  Array.from({ length: PER_CLASS }, (_, index) => {
    const given = index === 0 ? CLASSES[(row + 1) % CLASSES.length] : index === 1 ? 'deer' : clean;
    return { path: imageOf(clean, index), clean, given: given as string };
  }),
);
const test = CLASSES.flatMap((name) => [`test/${name}/0000.jpg`, `test/${name}/0001.jpg`]);
const DUPLICATE = 'test/horse/0001.jpg';

/** Runs planCifar5, an ES module, on the rows above. */
function plan(seed: number): Planned {
  const module = (name: string) => JSON.stringify(pathToFileURL(path.join(TOOLS, name)).href);
  const script = `
    import { planCifar5 } from ${module('cifar5/plan-cifar5.mjs')};
    import { workspace } from ${module('workspace.mjs')};
    const { SeededRandom } = workspace('@winnow/random');
    const far = { flowers: Array.from({ length: 40 }, (_, index) => 'flowers/' + index + '.jpg') };
    const sources = { ...${JSON.stringify({ annotated, test })}, far, duplicates: new Set(['${DUPLICATE}']) };
    const options = { teacherPerClass: ${TEACHER_PER_CLASS}, random: new SeededRandom(${seed}) };
    process.stdout.write(JSON.stringify(planCifar5(sources, options)));`;
  return JSON.parse(
    execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' }),
  ) as Planned;
}

describe('the pool of cifar5', () => {
  const { pool, teacher, test: tests } = plan(1);

  it("keeps the annotator's labels and says the truth of every row", () => {
    const near = pool.filter(({ path: name }) => name.startsWith('train/'));
    for (const row of near) {
      const said = annotated.find((other) => other.path === row.path);
      const isKnown = KNOWN.includes(said?.clean ?? '');
      const kind = !isKnown ? 'open' : said?.clean === said?.given ? 'clean' : 'closed';
      expect(row).toMatchObject({ given: said?.given, true: isKnown ? said?.clean : 'open', kind });
    }
    expect(near.map(({ path: name }) => name)).toContain(imageOf('frog', 0));
    expect(near.map(({ path: name }) => name)).not.toContain(imageOf('truck', 0));
    expect(near.map(({ path: name }) => name)).not.toContain(imageOf('frog', 2));
    const far = pool.filter(({ path: name }) => name.startsWith('open/'));
    expect(far).toHaveLength(40);
    expect(new Set(far.map(({ given }) => given)).size).toBe(KNOWN.length);
    expect(far.every(({ kind, given }) => kind === 'open' && KNOWN.includes(given))).toBe(true);
  });

  it("has no image of the teacher's, and no test image that resembles a training image", () => {
    expect(teacher).toHaveLength(TEACHER_PER_CLASS * KNOWN.length);
    const names = new Set(pool.map(({ path: name }) => name));
    expect(teacher.filter(({ path: name }) => names.has(name))).toEqual([]);
    expect(teacher.every(({ path: name, label }) => name.startsWith(`train/${label}/`))).toBe(true);
    expect(tests.map(({ path: name }) => name)).not.toContain(DUPLICATE);
    expect(tests).toHaveLength(2 * KNOWN.length - 1);
  });

  it('is the same for a seed and another for another', () => {
    expect(plan(1)).toEqual({ pool, teacher, test: tests });
    expect(plan(2).pool).not.toEqual(pool);
  });
});

describe('tools/worlds/cifar5.mjs', () => {
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'winnow-cifar5-'));
    await writeData(path.join(folder, 'data'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [path.join(TOOLS, 'cifar5.mjs'), ...args], { cwd: folder, encoding: 'utf8' });

  it('makes a world with its teacher out of the archives', async () => {
    const { status, stdout, stderr } = run('data', 'world', '--teacher-images', '2', '--epochs', '1', '--json');
    expect([status, stderr]).toEqual([0, expect.stringContaining('training a teacher on 10 images')]);
    const made = JSON.parse(stdout) as { images: number; kinds: object; teacher: number };
    // Two flowers and an animal; the deer with hooves and the object are left out.
    expect(made).toMatchObject({ test: 9, teacher: expect.any(Number) });
    const out = path.join(folder, 'world');
    const world = await loadWorld(path.join(out, 'world.json'));
    expect(world).toMatchObject({ name: 'cifar5', classes: KNOWN, student: 'resnet8' });
    const pool = await loadWorldImages(out, world, { table: { file: world.pool, classColumn: 'given' } });
    expect(pool.images.count).toBe(made.images);
    expect(pool.paths.filter((name) => name.startsWith('open/'))).toHaveLength(3);
    const truth = await loadWorldTruth(out, world, pool.paths);
    expect([...truth].filter((label) => label === -1).length).toBeGreaterThan(3);
    const file = { file: world.test as string, classColumn: 'label' as const };
    expect((await loadWorldImages(out, world, { table: file })).images.count).toBe(9);
    const teacher = await openTable(path.join(out, 'teacher.csv'));
    const taught: unknown[] = [];
    for await (const row of teacher.rows(['path'])) taught.push(row.get('path'));
    expect(pool.paths.filter((name) => taught.includes(name))).toEqual([]);
    const before = readFileSync(path.join(out, 'pool.csv'), 'utf8');
    const again = run('data', 'world', '--teacher-images', '2', '--epochs', '1');
    expect([again.status, readFileSync(path.join(out, 'pool.csv'), 'utf8')]).toEqual([0, before]);
  }, 240_000);

  it('refuses a wrong call and data that is not there', () => {
    expect(run('data').status).toBe(2);
    expect(run('data', 'x', '--epochs', '0').status).toBe(2);
  });
});

/** CIFAR-10, its labels and open images in small, plain ones; what they are encoded as is told by their bytes. */
async function writeData(data: string): Promise<void> {
  const image = (size: number, grey: number) =>
    encodePng({ width: size, height: size, data: new Uint8Array(size * size * 3).fill(grey) });
  const members = async (names: readonly string[], size: number) =>
    tarBytes(
      Object.fromEntries(await Promise.all(names.map(async (name, row) => [name, await image(size, row)] as const))),
    );
  mkdirSync(data);
  const write = (name: string, bytes: string | Uint8Array) => writeFileSync(path.join(data, name), bytes);
  const cifar = [...annotated.map((row) => row.path), ...test];
  write('cifar10.tar.gz', gzipSync(await members(cifar, 32)));
  const lines = annotated.map(({ path: name, clean, given }) =>
    [name, clean, clean, clean, clean, given, clean].join(','),
  );
  write('cifar10n.csv.gz', gzipSync(['path,clean,aggre,worse,random1,random2,random3', ...lines, ''].join('\n')));
  write('cifair-pairs.csv', `judgment,train_path,test_path,clear\n1,train/horse/0003.jpg,${DUPLICATE},0\n`);
  write('flowers.tar', await members(['flowers/daisy/1.jpg', 'flowers/tulip/2.jpg'], 40));
  const sample = ['n02129165_lion', 'n02422699_impala', 'n04461696_tow_truck'].map((name) => `sample/${name}.jpg`);
  write('imagenet-sample.tar', await members(sample, 40));
}
