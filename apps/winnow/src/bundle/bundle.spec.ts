import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFileSync, cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { BundleManifest, CommandInput, CommandIo, CommandResult, CommandSpec } from '@winnow/contracts';
import { openDatabase, storeDecisions } from '@winnow/db';
import { tinyWorld } from '@winnow/testing';
import { bundleCommand } from '../commands/bundle';
import { COMMAND_TABLE } from '../command-table';
import { loadCommand } from '../load-commands';

const FILES = [
  'ATTRIBUTION.tsv',
  'README.md',
  'bundle.json',
  'corrections.csv',
  'data-card.md',
  'model',
  'report.html',
];

/** Programs of a Python with numpy. */
const PYTHON = process.env['WINNOW_TEST_PYTHON'];
/** Opens every file of a bundle with Python's own library and numpy: digests, weights, tables, and what the report would load. */
const OPEN = `
import csv, glob, hashlib, html.parser, json, struct
import numpy
files = json.load(open("bundle.json"))["files"]
digest = lambda name: hashlib.sha256(open(name, "rb").read()).hexdigest()
(weights,) = glob.glob("model/*.safetensors")
data = open(weights, "rb").read()
(length,) = struct.unpack("<Q", data[:8])
header = {name: tensor for name, tensor in json.loads(data[8:8 + length]).items() if name != "__metadata__"}
parameters = 0
for tensor in header.values():
    start, end = tensor["data_offsets"]
    assert tensor["dtype"] == "F32"
    values = numpy.frombuffer(data[8 + length + start:8 + length + end], "<f4").reshape(tensor["shape"])
    assert numpy.isfinite(values).all()
    parameters += values.size
class Report(html.parser.HTMLParser):
    title, loaded, within = "", [], False
    def handle_starttag(self, tag, attributes):
        self.within = tag == "title"
        source = dict(attributes).get("src") or ""
        if tag in ("script", "iframe", "link") or (source and not source.startswith("data:")):
            self.loaded.append(tag + " " + source)
    def handle_data(self, text):
        self.title += text if self.within else ""
        self.within = False
report = Report()
report.feed(open("report.html", encoding="utf-8").read())
rows = lambda name, **how: csv.reader(open(name, encoding="utf-8", newline=""), **how)
print(json.dumps({
    "changed": [one["name"] for one in files if digest(one["name"]) != one["sha256"]],
    "parameters": parameters,
    "title": report.title,
    "loaded": report.loaded,
    "attribution": next(rows("ATTRIBUTION.tsv", delimiter="\\t")),
    "corrections": list(csv.DictReader(open("corrections.csv", encoding="utf-8"))),
}))`;

/** Of the trainer, which is known by its path alone: no app depends on another. */
const PROJECT_UNDER_TEST = path.resolve(__dirname, '../../../trainer/src/spec-support/project-under-test');
interface ProjectUnderTest {
  readonly folder: string;
  configure(settings: string): void;
  run(spec: CommandSpec, options?: CommandInput['options'], changes?: Partial<CommandIo>): Promise<CommandResult>;
  remove(): Promise<void>;
}

describe('winnow bundle', () => {
  let project: ProjectUnderTest;
  const at = (...parts: string[]): string => path.join(project.folder, ...parts);
  const bundle = (options: Readonly<Record<string, unknown>> = {}, signal = new AbortController().signal) =>
    project.run(
      bundleCommand,
      { out: 'handed', format: ['safetensors'], precision: ['float32'], ...options },
      { signal },
    );

  beforeAll(async () => {
    const { projectUnderTest } = (await import(PROJECT_UNDER_TEST)) as {
      projectUnderTest(world: ReturnType<typeof tinyWorld>): Promise<ProjectUnderTest>;
    };
    project = await projectUnderTest(tinyWorld({ seed: 3, classes: 2, perClass: 4, size: 16, testPerClass: 2 }));
    project.configure('train: { batch: 8, epochs: 1, workers: 0, method: ce }\nevaluate: { test: test }');
    const handle = await openDatabase({ stateDir: at('.winnow'), holder: 'a spec' });
    const id = '00000000-0000-4000-8000-000000000001';
    const decision = { id, batch: id, sha256: '0'.repeat(64), says: 'class:square', origin: 'one' as const };
    await storeDecisions(handle.db, { project: 'p', person: 'Anna', at: new Date(0) }, [decision]);
    await handle.close();
  });
  afterAll(() => project.remove());

  it('says what to do before there is a run', async () => {
    await expect(bundle()).rejects.toMatchObject({ code: 'MISSING_INPUT', message: 'There is no finished run' });
  });

  it('is one folder that says what it holds, with links within it and nothing of this machine', async () => {
    const train = COMMAND_TABLE.find(({ name }) => name === 'train');
    await project.run((await loadCommand(train as NonNullable<typeof train>)) as CommandSpec);
    const { json, text } = await bundle();
    expect(text.join('\n')).toContain(`tar -czf handed.tar.gz -C ${project.folder} handed`);
    expect(readdirSync(at('handed')).sort()).toEqual(FILES);
    const manifest = JSON.parse(readFileSync(at('handed', 'bundle.json'), 'utf8')) as BundleManifest;
    expect(manifest).toMatchObject({ format: 'winnow-bundle', project: 'p', run: json['run'], build: 'one' });
    for (const { name, sizeBytes, sha256 } of manifest.files) {
      const bytes = readFileSync(at('handed', name));
      expect([name, bytes.length, createHash('sha256').update(bytes).digest('hex')]).toEqual([name, sizeBytes, sha256]);
      expect([name, bytes.includes(project.folder)]).toEqual([name, false]);
    }
    const readme = readFileSync(at('handed', 'README.md'), 'utf8');
    const links = [...readme.matchAll(/\]\(([^)]*)\)/g)].map(([, link]) => link as string);
    expect(links.length).toBe(7);
    for (const link of links) expect([link, existsSync(at('handed', link))]).toEqual([link, true]);
    expect(readFileSync(at('handed', 'corrections.csv'), 'utf8')).toBe(`picture,class\n${'0'.repeat(64)},square\n`);
    const card = readFileSync(at('handed', 'data-card.md'), 'utf8');
    expect(card.startsWith('# ')).toBe(true);
    expect(card).toContain('Nobody has measured how many of the labels are right.');
    expect(readFileSync(at('handed', 'model', 'model-card.md'), 'utf8')).toMatch(/^# p: \S+ by ce/);
  });

  (PYTHON === undefined ? it.skip : it)('opens where there is no winnow, by what Python has', async () => {
    const elsewhere = mkdtempSync(path.join(tmpdir(), 'handed over '));
    try {
      cpSync(at('handed'), elsewhere, { recursive: true });
      const python = path.join(PYTHON as string, 'python');
      const { stdout } = await promisify(execFile)(python, ['-I', '-c', OPEN], { cwd: elsewhere, env: {} });
      const { title, ...opened } = JSON.parse(stdout) as Readonly<Record<string, unknown>>;
      expect(title).toContain('p');
      expect(opened).toEqual({
        changed: [],
        parameters: expect.any(Number),
        // Nothing is loaded from elsewhere, and the report runs nothing.
        loaded: [],
        attribution: [...'key title creator license licenseUrl pageUrl imageUrl alsoStated'.split(' ')],
        corrections: [{ picture: '0'.repeat(64), class: 'square' }],
      });
      expect(opened['parameters']).toBeGreaterThan(50_000);
    } finally {
      rmSync(elsewhere, { recursive: true, force: true });
    }
  });

  it('names nobody of a forgotten image', async () => {
    const linesOf = (): readonly string[] => readFileSync(at('handed', 'ATTRIBUTION.tsv'), 'utf8').split('\n');
    const [head, first, ...others] = linesOf();
    const key = (first as string).split('\t', 1)[0] as string;
    const forget = async (keys: readonly string[]): Promise<void> => {
      const { db, close } = await openDatabase({ stateDir: at('.winnow'), holder: 'spec' });
      await db.execute(`update builds set forgotten_keys = '${JSON.stringify(keys)}'`);
      await close();
    };
    await forget([key]);
    await bundle();
    expect(linesOf()).toEqual([head, ...others]);
    await forget([]);
    await bundle();
    expect(linesOf()).toEqual([head, first, ...others]);
  });

  it('takes the place of an earlier one alone, and leaves nothing where it was stopped', async () => {
    const before = statSync(at('handed')).ino;
    const stopped = new AbortController();
    stopped.abort();
    await expect(bundle({}, stopped.signal)).rejects.toMatchObject({ code: 'INTERRUPTED' });
    await expect(bundle({ out: 'other' }, stopped.signal)).rejects.toMatchObject({ code: 'INTERRUPTED' });
    expect([existsSync(at('other')), statSync(at('handed')).ino]).toEqual([false, before]);
    expect(readdirSync(project.folder).filter((name) => name.startsWith('.') && name !== '.winnow')).toEqual([]);
    await bundle();
    expect(readdirSync(at('handed')).sort()).toEqual(FILES);
    appendFileSync(at('handed', 'README.md'), 'mine');
    await expect(bundle()).rejects.toMatchObject({ code: 'FILE_NOT_WRITABLE' });
  });
});
