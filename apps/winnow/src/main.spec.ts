import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { jsonLog } from './json-log';
import { runMain } from './spec-support/run-main';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'winnow-main-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a command line in the folder. */
const run = (line: readonly string[], env: Record<string, string> = {}) => runMain(line, { folder, env });

const PROJECT = 'name: p\nclasses: [{ name: a }, { name: b }]\n';

describe('main', () => {
  it('shows help on stdout and ends with 0', async () => {
    const all = await run(['--help']);
    expect(all.exitCode).toBe(0);
    const order = ['Data:', '  crawl ', 'Learning:', '  train ', 'Upkeep:', '  doctor '];
    const found = order.map((text) => all.stdout.indexOf(`\n${text}`));
    expect(Math.min(...found)).toBeGreaterThan(0);
    expect(found).toEqual([...found].sort((a, b) => a - b));
    const one = await run(['crawl', '--help']);
    expect(one.exitCode).toBe(0);
    expect(one.stdout).toContain('--json');
  });

  it.each([
    [['nonsense'], 'unknown command'],
    [['crawl'], "missing required argument 'project'"],
    [['train', 'p.yaml', '--epochs', 'many'], 'whole number'],
    [['train', 'p.yaml', '--epochs', '1.5'], 'whole number'],
    [['train', 'p.yaml', '--method', 'magic'], 'Allowed choices'],
    [['crawl', 'p.yaml', '--nonsense'], 'unknown option'],
    [['teacher'], 'Usage'],
    [['config'], 'No project file is named. Name one, or ask for --schema.'],
  ])('answers wrong usage %j with exit code 2 and one reason', async (line, reason) => {
    const { exitCode, stdout, stderr } = await run(line);
    expect(exitCode).toBe(2);
    expect(`${stdout}${stderr}`).toContain(reason);
  });

  it('run looks at the teacher before it crawls or builds, and not before steps that need none', async () => {
    writeFileSync(path.join(folder, 'p.yaml'), `${PROJECT}teacher: { weights: none.safetensors }\n`);
    const all = await run(['run', 'p.yaml']);
    expect([all.exitCode, all.stderr]).toEqual([
      1,
      expect.stringMatching(/weights file cannot be read .*none\.safetensors/),
    ]);
    expect(readdirSync(folder)).toEqual(['p.yaml']);
    const report = await run(['run', 'p.yaml', '--from', 'report']);
    expect(report.stderr).not.toContain('none.safetensors');
  });

  it('prints a problem as one line, and with --json as one object on stdout', async () => {
    const text = await run(['build', 'none.yaml']);
    expect(text.exitCode).toBe(1);
    expect(text.stdout).toBe('');
    expect(text.stderr).toBe(
      'error: There is no such project file (none.yaml). Check the path, or make one with `winnow init CLASSES.txt`.\n',
    );
    const json = await run(['build', 'none.yaml', '--json']);
    expect(JSON.parse(json.stdout)).toMatchObject({ error: { code: 'FILE_NOT_FOUND', where: 'none.yaml' } });
  });

  it('writes what it says as lines of JSON where a collector of logs reads them (WINNOW_LOG=json)', async () => {
    const failed = await run(['build', 'none.yaml'], { WINNOW_LOG: 'json' });
    expect([failed.exitCode, failed.stdout]).toEqual([1, '']);
    const lines = failed.stderr.trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as object)).toEqual([
      {
        ...{ time: expect.stringMatching(/^\d{4}-.*Z$/) as string, level: 'error', command: 'build' },
        ...{ pid: expect.any(Number) as number, message: expect.stringMatching(/^There is no such project/) as string },
      },
    ]);
    const written: string[] = [];
    const stream = { write: (text: string) => written.push(text) > 0 };
    const log = jsonLog(stream, { command: 'train', pid: 7, now: () => new Date(0) });
    log.write('one \u001b[31m"red"\ntwo\n\n');
    log.write('\n');
    const all = { time: '1970-01-01T00:00:00.000Z', level: 'info', command: 'train', pid: 7 };
    expect(
      written
        .join('')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as object),
    ).toEqual([
      { ...all, message: expect.stringMatching(/^one .*"red"$/) as string },
      { ...all, message: 'two' },
    ]);
    expect(written.join('')).not.toContain('\u001b');
  });

  it('tells a class without queries, an unknown key and a database that is not there, each in a line with its exit code', async () => {
    writeFileSync(path.join(folder, 'p.yaml'), PROJECT);
    writeFileSync(path.join(folder, 'q.yaml'), `${PROJECT}trian: {}\n`);
    const noQueries = await run(['crawl', 'p.yaml']);
    expect([noQueries.exitCode, noQueries.stderr.trim().split('\n')]).toEqual([
      2,
      [expect.stringContaining('No search texts')],
    ]);
    const owl = '{ name: owl, queries: [{ text: owl, engines: [bing] }] }';
    const wren = '{ name: wren, queries: [wren] }';
    writeFileSync(path.join(folder, 'e.yaml'), `name: e\nclasses: [${owl}, ${wren}]\n`);
    const notAsked = await run(['crawl', 'e.yaml']);
    expect([notAsked.exitCode, notAsked.stderr.trim().split('\n')]).toEqual([
      2,
      [expect.stringMatching(/No search texts for 1 of .*owl.*openverse, commons/)],
    ]);
    const unknownKey = await run(['crawl', 'q.yaml']);
    expect([unknownKey.exitCode, unknownKey.stderr]).toEqual([2, expect.stringContaining('Unknown key "trian"')]);
    const noServer = await run(['status', 'p.yaml'], { DATABASE_URL: 'postgres://x@127.0.0.1:1/x' });
    expect([noServer.exitCode, noServer.stderr]).toEqual([
      1,
      expect.stringMatching(
        /^The database is away .*; waiting for it\.\nerror: The database cannot be used.*127\.0\.0\.1:1.*\n$/,
      ),
    ]);
  });

  it('takes a repeated option as often as it is given, commas and all', async () => {
    writeFileSync(path.join(folder, 'a.json'), '{"results":[]}');
    const parse = (...headers: string[]) =>
      run(['engines', 'parse', 'openverse', 'a.json', ...headers.flatMap((line) => ['--header', line])]);
    expect((await parse('Vary: Accept, Cookie', 'X-A: b')).exitCode).toBe(0);
    const wrong = await parse('no colon, really', 'X-A: b');
    expect([wrong.exitCode, wrong.stderr]).toEqual([2, expect.stringContaining('--header no colon, really is not')]);
  });

  it('asks for what a step needs and lacks', async () => {
    writeFileSync(path.join(folder, 'p.yaml'), PROJECT);
    const build = await run(['build', 'p.yaml']);
    expect([build.exitCode, build.stderr]).toEqual([
      1,
      expect.stringContaining('Nothing has been crawled or imported yet'),
    ]);
    const split = await run(['split', 'p.yaml']);
    expect([split.exitCode, split.stderr]).toEqual([1, expect.stringContaining('no data set yet')]);
    const whole = await run(['run', 'p.yaml']);
    expect([whole.exitCode, whole.stderr]).toEqual([2, expect.stringContaining('names no teacher')]);
  });

  it('writes a project file that loads, and does not replace one unasked', async () => {
    writeFileSync(path.join(folder, 'birds.txt'), '# two birds\nrobin\n\nblue tit # common\n');
    const first = await run(['init', 'birds.txt']);
    expect([first.exitCode, first.stdout]).toEqual([
      0,
      expect.stringMatching(/^Wrote birds\.yaml with 2 classes, and winnow\.schema\.json /),
    ]);
    expect((await run(['init', '--help'])).stdout).toContain('winnow.schema.json');
    const astray = await run(['init', 'birds.txt', '--out', 'none/birds.yaml']);
    expect([astray.exitCode, astray.stderr]).toEqual([1, expect.stringContaining('none')]);
    expect(readFileSync(path.join(folder, 'birds.yaml'), 'utf8')).toContain('blue tit');
    const resolved = await run(['config', 'birds.yaml', '--json']);
    expect(JSON.parse(resolved.stdout)).toMatchObject({
      name: 'birds',
      classes: [{ name: 'robin' }, { name: 'blue tit' }],
    });
    const again = await run(['init', 'birds.txt']);
    expect([again.exitCode, again.stderr]).toEqual([2, expect.stringContaining('exists already')]);
    writeFileSync(path.join(folder, 'one.txt'), 'robin\n');
    expect((await run(['init', 'one.txt'])).stderr).toContain('at least two classes');
    writeFileSync(path.join(folder, 'twice.txt'), 'robin\nrobin\n');
    expect((await run(['init', 'twice.txt'])).stderr).toContain('listed twice');
  });

  it('refuses a bad class name before it writes or replaces anything', async () => {
    writeFileSync(path.join(folder, 'keep.txt'), 'robin\nwren\n');
    expect((await run(['init', 'keep.txt'])).exitCode).toBe(0);
    const kept = readFileSync(path.join(folder, 'keep.yaml'), 'utf8');
    writeFileSync(path.join(folder, 'keep.txt'), 'robin\n..\n');
    const refused = await run(['init', 'keep.txt', '--force']);
    expect([refused.exitCode, refused.stderr]).toEqual([1, expect.stringContaining('keep.txt')]);
    expect(readFileSync(path.join(folder, 'keep.yaml'), 'utf8')).toBe(kept);
    const onto = await run(['init', 'keep.txt', '--out', 'keep.txt', '--force']);
    expect([onto.exitCode, readFileSync(path.join(folder, 'keep.txt'), 'utf8')]).toEqual([2, 'robin\n..\n']);
    expect((await run(['init', 'keep.txt', '--name', '../../x'])).exitCode).toBe(1);
  });

  it('prints usage errors as one line, and as one object with --json', async () => {
    const text = await run(['crawl']);
    expect(text.stderr).toBe("error: missing required argument 'project' See --help.\n");
    for (const line of [
      ['crawl', '--json'],
      ['nonsense', '--json'],
      ['crawl', 'p.yaml', '--nonsense', '--json'],
      ['demo', '--epochs', '0', '--json'],
    ]) {
      const { exitCode, stdout } = await run(line);
      expect([exitCode, JSON.parse(stdout)]).toEqual([2, { error: expect.objectContaining({ code: 'USAGE' }) }]);
    }
  });

  it('echoes nothing that steers a terminal, neither as text nor in --json', async () => {
    const evil = '\u001b[31m\u202efoo\u009b';
    writeFileSync(path.join(folder, 'list.txt'), `${evil}\n${evil}\n`);
    writeFileSync(path.join(folder, 'p.yaml'), `${PROJECT}${JSON.stringify(evil)}: 1\n`);
    for (const line of [
      [evil],
      ['crawl', `--${evil}`],
      ['train', 'p.yaml', '--method', evil],
      ['train', 'p.yaml', '--epochs', evil],
      ['build', evil],
      ['build', 'p.yaml'],
      ['init', 'list.txt', '--name', evil],
    ]) {
      const text = await run(line);
      const json = await run([...line, '--json']);
      const all = [text.stdout, text.stderr, json.stdout, json.stderr].join('\n');
      expect([line, all]).toEqual([line, expect.not.stringMatching(/[\0-\x08\x0b-\x1f\x7f-\x9f\u202e]/)]);
      expect(JSON.parse(json.stdout)).toHaveProperty('error.message');
      expect(text.stderr).toContain('foo');
    }
  });

  it('cuts what a problem quotes', async () => {
    writeFileSync(path.join(folder, 'long.txt'), `${`${'x'.repeat(1_000_000)}\n`.repeat(2)}`);
    const { exitCode, stderr } = await run(['init', 'long.txt']);
    expect([exitCode, stderr.length < 5000]).toEqual([1, true]);
  });

  it('refuses a list of 200,000 names in a line', async () => {
    const names = Array.from({ length: 200_000 }, (_, index) => `name ${index}\n`);
    writeFileSync(path.join(folder, 'names.txt'), names.join(''));
    const { exitCode, stderr } = await run(['init', 'names.txt']);
    expect([exitCode, stderr]).toEqual([1, expect.stringMatching(/^error: .*<=100000 items.*\n$/)]);
  });

  it.each([
    ['postgres://me:secret@db/x', 'postgres://me:***@db/x'],
    ['postgres://me:a@secret@db/x', 'postgres://me:***@db/x'],
    ['postgresql://db/x?user=me&password=secret&ssl=true', 'postgresql://db/x?user=me&password=***&ssl=true'],
    ['postgres://me@db:5432/x', 'postgres://me@db:5432/x'],
    ['host=db password=secret', '***'],
    ['me:secret@db/x', '***'],
    ['postgres://me:12/secret@db/x', '***'],
    ['postgres://me:12#secret@db/x', '***'],
    ['postgres://me:1?secret@db/x', '***'],
    ['postgres://me:a@sec/ret@db/x', '***'],
    ['postgres://me:secret@db:port/x', '***'],
  ])('shows the database %s as %s', async (url, shown) => {
    writeFileSync(path.join(folder, 'p.yaml'), PROJECT);
    const { stdout } = await run(['config', 'p.yaml', '--json'], { DATABASE_URL: url });
    expect(JSON.parse(stdout)).toMatchObject({ databaseUrl: shown });
  });
});
