import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { loadWorld } from '@winnow/config';
import { encodePng } from '@winnow/imaging';
import { openTable } from '@winnow/shards';
import { loadWorldImages } from './world-images';

const TOOLS = path.resolve(__dirname, '../../../../tools/worlds');
/** What a table could be broken or turned around with. */
const HOSTILE = 'open/"a", =1+1\nb,clean,\'.png';
const COUNTS = { clean: 12, closed: 6, open: 9 };

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'winnow-derive-'));
  mkdirSync(path.join(folder, 'data/open'), { recursive: true });
  mkdirSync(path.join(folder, 'worlds/w'), { recursive: true });
  const names = rows().map(({ name }) => name);
  const image = await encodePng({ width: 8, height: 8, data: new Uint8Array(192).fill(7) });
  names.forEach((name) => writeFileSync(path.join(folder, 'data', name), image));
  execFileSync('tar', ['-cf', '../all.tar', 'open'], { cwd: path.join(folder, 'data') });
  const cells = rows().map(({ name, kind }, row) => [name, 'web', 'ab'[row % 2], kind === 'open' ? 'open' : 'a', kind]);
  const lines = [['path', 'source', 'given', 'true', 'kind'], ...cells].map((line) =>
    line.map((cell) => quoted(cell as string)).join(','),
  );
  writeFileSync(path.join(folder, 'worlds/w/pool.csv'), `\ufeff${lines.join('\r\n')}\r\n`);
  writeFileSync(path.join(folder, 'worlds/w/test.csv'), `path,label\n${names[1]},a\n`);
  const world = {
    name: 'w',
    classes: ['a', 'b'],
    size: 8,
    images: ['../../all.tar'],
    pool: 'pool.csv',
    test: 'test.csv',
  };
  const teacher = { weights: 'teacher.safetensors', model: 'resnet8', trainedOn: 'teacher.csv' };
  writeFileSync(path.join(folder, 'worlds/w/world.json'), JSON.stringify({ ...world, student: 'resnet8', teacher }));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Kinds are mixed; the first open image has the hostile name. */
function rows(): { readonly name: string; readonly kind: string }[] {
  const kinds = Object.entries(COUNTS).flatMap(([kind, count]) => Array.from({ length: count }, () => kind));
  const mixed = kinds.map((_, row) => kinds[(row * 5) % kinds.length] as string);
  return mixed.map((kind, row) => ({ kind, name: row === mixed.indexOf('open') ? HOSTILE : `open/${row}.png` }));
}

const quoted = (cell: string): string => `"${cell.replaceAll('"', '""')}"`;
const inFolder = (name: string): string => path.join(folder, name);

interface Request {
  readonly source?: string;
  readonly drop?: string;
  readonly openFraction?: number;
  readonly limit?: number;
  readonly seed?: number;
  readonly name?: string;
}
interface Output {
  readonly name?: string;
  readonly counts?: typeof COUNTS;
  readonly error?: string;
}

/** Derives worlds by the folder to write, one after the other in one process. */
function derive<Out extends string>(requests: Readonly<Record<Out, Request>>): Readonly<Record<Out, Output>> {
  const script = `
    import { deriveWorld } from ${JSON.stringify(pathToFileURL(path.join(TOOLS, 'derive/derive-world.mjs')).href)};
    const answers = {};
    for (const [out, { source, ...request }] of Object.entries(${JSON.stringify(requests)})) {
      answers[out] = await deriveWorld(source ?? 'worlds/w', out, { seed: 1, ...request })
        .catch((error) => ({ error: [error.code, error.message, error.where].join('; ') }));
    }
    process.stdout.write(JSON.stringify(answers));`;
  const options = { cwd: folder, encoding: 'utf8' } as const;
  return JSON.parse(execFileSync(process.execPath, ['--input-type=module', '-e', script], options)) as never;
}

async function poolOf(out: string) {
  const table = await openTable(path.join(folder, out, 'pool.csv'));
  const read = [];
  for await (const row of table.rows(table.columns)) read.push(row);
  return { read, paths: read.map((row) => row.get('path')) };
}

describe('a derived world', () => {
  const CASES = {
    all: [{}, COUNTS, 'w'],
    kind: [{ drop: 'clean' }, { ...COUNTS, clean: 0 }, 'w-no-clean'],
    known: [{ openFraction: 0 }, { ...COUNTS, open: 0 }, 'w-open-0'],
    // 18 known images and 2 open ones.
    'less-open': [{ openFraction: 0.1 }, { ...COUNTS, open: 2 }, 'w-open-10'],
    // 9 open images and 6 known ones, 2 to 1.
    'less-known': [{ openFraction: 0.6 }, { clean: 4, closed: 2, open: 9 }, 'w-open-60'],
    fewer: [{ limit: 9 }, { clean: 4, closed: 2, open: 3 }, 'w-9'],
    // 12 clean and 8 open images, half of each.
    both: [
      { drop: 'closed', openFraction: 0.4, limit: 10 },
      { clean: 6, closed: 0, open: 4 },
      'w-no-closed-open-40-10',
    ],
    named: [{ limit: 1000, name: 'other' }, COUNTS, 'other'],
  } as const;

  it('keeps what is asked for of each kind', async () => {
    const requests = Object.fromEntries(Object.entries(CASES).map(([out, [request]]) => [out, request]));
    const outputs = derive(requests);
    for (const [out, [, counts, name]] of Object.entries(CASES)) {
      expect(outputs[out]).toMatchObject({ name, counts });
      const { read } = await poolOf(out);
      const found = (kind: string) => read.filter((row) => row.get('kind') === kind).length;
      expect({ clean: found('clean'), closed: found('closed'), open: found('open') }).toEqual(counts);
    }
  });

  it('keeps rows as they are, whatever they hold, in their order', async () => {
    derive({ rows: {}, some: { openFraction: 0.2 } });
    const { paths, read } = await poolOf('rows');
    expect(paths).toEqual(rows().map(({ name }) => name));
    expect(read.map((row) => [row.get('source'), row.get('given')])).toEqual(
      rows().map((_, row) => ['web', 'ab'[row % 2]]),
    );
    const { paths: some } = await poolOf('some');
    expect(some).toEqual(paths.filter((name) => some.includes(name)));
  });

  it('depends on the seed alone, and a larger share holds a smaller one', async () => {
    const few = { openFraction: 0.1 };
    derive({ s1: few, s2: few, s3: { ...few, seed: 2 }, s4: { openFraction: 0.25 } });
    const [first, other, more] = [await poolOf('s1'), await poolOf('s3'), await poolOf('s4')];
    expect(readFileSync(inFolder('s2/pool.csv'))).toEqual(readFileSync(inFolder('s1/pool.csv')));
    expect(readFileSync(inFolder('s2/world.json'))).toEqual(readFileSync(inFolder('s1/world.json')));
    expect(other.paths).not.toEqual(first.paths);
    expect(first.paths.filter((name) => !more.paths.includes(name))).toEqual([]);
  });

  it('copies no images: names lead back to those of the world', async () => {
    derive({ 'deep/er/out': { limit: 5 } });
    expect(readdirSync(inFolder('deep/er/out')).sort()).toEqual(['pool.csv', 'world.json']);
    const written = JSON.parse(readFileSync(inFolder('deep/er/out/world.json'), 'utf8')) as Record<string, unknown>;
    expect(written).toMatchObject({
      images: ['../../../all.tar'],
      test: '../../../worlds/w/test.csv',
      student: 'resnet8',
      teacher: { weights: '../../../worlds/w/teacher.safetensors', trainedOn: '../../../worlds/w/teacher.csv' },
    });
    const world = await loadWorld(inFolder('deep/er/out/world.json'));
    const pool = { file: world.pool, classColumn: 'given' as const };
    const { images, paths } = await loadWorldImages(inFolder('deep/er/out'), world, { table: pool });
    expect([images.count, paths.length, images.pixels[0]]).toEqual([5, 5, 7]);
    const test = { file: world.test as string, classColumn: 'label' as const };
    expect((await loadWorldImages(inFolder('deep/er/out'), world, { table: test })).images.count).toBe(1);
  });

  it('replaces what the tool made, and nothing else', () => {
    mkdirSync(inFolder('theirs'));
    writeFileSync(inFolder('theirs/letter.txt'), 'dear');
    derive({ mine: { limit: 5 } });
    const outputs = derive({ mine: { limit: 6 }, theirs: {}, 'worlds/w': {} });
    expect(outputs.mine).toMatchObject({ name: 'w-6' });
    expect(outputs.theirs.error).toMatch(/FILE_NOT_WRITABLE/);
    expect(outputs['worlds/w'].error).toMatch(/FILE_NOT_WRITABLE/);
    expect(readFileSync(inFolder('theirs/letter.txt'), 'utf8')).toBe('dear');
  });

  it('is refused whole, and the row that is wrong is named', () => {
    const world = { name: 'bad', classes: ['a', 'b'], size: 8, images: ['x.tar'], pool: 'pool.csv' };
    const bad = ['path,given\na,b\n', 'path,kind\na,clean\nb\n', 'path,kind\n,clean\n', 'path,kind\n"a,clean\n'];
    bad.forEach((text, index) => {
      mkdirSync(inFolder(`worlds/bad${index}`));
      writeFileSync(inFolder(`worlds/bad${index}/world.json`), JSON.stringify(world));
      writeFileSync(inFolder(`worlds/bad${index}/pool.csv`), text);
    });
    const outputs = derive({
      x0: { source: 'worlds/bad0' },
      x1: { source: 'worlds/bad1' },
      x2: { source: 'worlds/bad2' },
      x3: { source: 'worlds/bad3' },
      x4: { source: 'worlds/none' },
      x5: { drop: 'open', openFraction: 0.1 },
      x6: { name: '../x' },
    });
    expect(outputs.x0.error).toMatch(/no column kind/);
    expect(outputs.x1.error).toMatch(/row 2 below the head/);
    expect(outputs.x2.error).toMatch(/path is empty/);
    expect(outputs.x3.error).toMatch(/cannot be read/);
    expect(outputs.x4.error).toMatch(/FILE_NOT_FOUND/);
    expect(outputs.x5.error).toMatch(/CONFIG_INVALID.*no open/);
    expect(outputs.x6.error).toMatch(/key name/);
    expect(readdirSync(folder).filter((name) => name.startsWith('x') || name.endsWith('.tmp'))).toEqual([]);
  });
});

describe('tools/worlds/derive.mjs', () => {
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [path.join(TOOLS, 'derive.mjs'), ...args], { cwd: folder, encoding: 'utf8' });

  it('says what it made', () => {
    const { status, stdout, stderr } = run('worlds/w', 'cli', '--open-share', '.1', '--seed', '3', '--json');
    expect([status, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toMatchObject({ name: 'w-open-10', images: 20, counts: { ...COUNTS, open: 2 } });
  });

  it.each([
    ['a share that is none', ['worlds/w', 'x', '--open-share', '1'], 2, '--open-share'],
    ['a kind that is none', ['worlds/w', 'x', '--drop', 'near'], 2, 'near'],
    ['an unknown option', ['worlds/w', 'x', '--shar', '1'], 2, '--shar'],
    ['no world', ['worlds/none', 'x'], 1, 'cannot be read'],
  ])('refuses %s', (_, args, code, words) => {
    const { status, stderr } = run(...args);
    expect([status, stderr]).toEqual([code, expect.stringContaining(words)]);
  });
});
