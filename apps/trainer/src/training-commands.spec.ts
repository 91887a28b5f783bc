import { existsSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { CommandIo, InputSpec, RunSummary } from '@winnow/contracts';
import { latestBuild, listFinishedRuns, openDatabase, saveBuild } from '@winnow/db';
import type { BuildRecord } from '@winnow/db';
import { createModel, saveWeights, weightsMetadata } from '@winnow/models';
import { digestTestList, readTestAnswers } from '@winnow/runs';
import { listLabelledFiles } from '@winnow/shards';
import { tinyWorld } from '@winnow/testing';
import { compareCommand } from './commands/compare';
import { evaluateCommand } from './commands/evaluate';
import { exportCommand } from './commands/export';
import { predictCommand } from './commands/predict';
import { splitCommand } from './commands/split';
import { trainCommand } from './commands/train';
import { projectUnderTest } from './spec-support/project-under-test';
import type { ProjectUnderTest } from './spec-support/project-under-test';
import { confusionMatrix } from './student/measure-student';

let project: ProjectUnderTest;
const SHORT = 'train: { batch: 8, epochs: 2, workers: 0 }';
const TESTED = `${SHORT}\nevaluate: { test: test, truth: truth.csv }`;
/** Of the image of that row. */
const sha256 = (row: number): string => String(row).padStart(64, '0');
const inFolder = (name: string): string => path.join(project.folder, name);

beforeAll(async () => {
  project = await projectUnderTest(tinyWorld({ seed: 3, classes: 2, perClass: 12, size: 16, testPerClass: 6 }));
});
afterAll(() => project.remove());

describe('winnow split', () => {
  it("takes the training method's own split, or the one that is named", async () => {
    project.configure(TESTED);
    const own = await project.run(splitCommand);
    expect(own.json).toMatchObject({ method: 'winnow', reused: false, corrections: { applied: 0, unknown: [] } });
    expect(own.json['quality']).toMatchObject({ method: 'winnow', macroF1: expect.any(Number) });
    const conflicts = own.json['conflicts'] as Record<string, number>;
    expect(Object.values(conflicts).reduce((sum, count) => sum + count, 0)).toBe(5);
    project.configure('train: { method: modul }');
    expect((await project.run(splitCommand)).json).toMatchObject({ method: 'edl-gmm', quality: null });
    expect((await project.run(splitCommand, { method: 'winnow' })).json).toMatchObject({
      split: own.json['split'],
      reused: true,
    });
  });

  it('lists all images, the most doubtful first, in a file that takes corrections', async () => {
    project.configure(TESTED);
    const plain = await project.run(splitCommand, { list: 'list.csv' });
    const lines = readFileSync(inFolder('list.csv'), 'utf8').trimEnd().split('\n');
    expect(lines[0]).toBe('picture,class,given,kind,clean,closed,open,refined,url');
    const cells = lines.slice(1).map((line) => line.split(','));
    expect(cells.map(([picture]) => picture).sort()).toEqual(project.keys.map((_, row) => sha256(row)));
    const sureness = cells.map((row) => Math.max(...row.slice(4, 7).map(Number)));
    expect(sureness).toEqual([...sureness].sort((a, b) => a - b));
    expect(cells[0]?.[8]).toMatch(/^http:\/\/images\.test\/\d+\.jpg$/);

    // As it comes it decides nothing.
    project.configure(`${TESTED}\nsplit: { corrections: list.csv }`);
    expect((await project.run(splitCommand)).json).toMatchObject({ split: plain.json['split'], reused: true });

    const given = cells[0]?.[2] as string;
    const other = given === 'disc' ? 'square' : 'disc';
    const edited = lines.map((line, at) => line.replace(',?,', [',', `,${other},`, ',open,'][at] ?? ',?,'));
    writeFileSync(inFolder('list.csv'), [...edited, 'nowhere,disc', 'http://elsewhere.test/x,'].join('\n'));
    const corrected = await project.run(splitCommand, { list: 'again.csv' });
    expect(corrected.json).toMatchObject({
      reused: false,
      corrections: {
        applied: 2,
        unknown: [
          { line: 26, picture: 'nowhere' },
          { line: 27, picture: 'http://elsewhere.test/x' },
        ],
      },
    });
    expect(corrected.json['split']).not.toBe(plain.json['split']);
    expect(corrected.text.join('\n')).toContain('Corrected by a person: 2 images.');
    expect(corrected.text.join('\n')).toContain('"nowhere" (line 26)');
    const again = readFileSync(inFolder('again.csv'), 'utf8').trimEnd().split('\n');
    expect(
      again
        .slice(-2)
        .map((line) => line.split(',').slice(0, 8))
        .sort(),
    ).toEqual(
      [
        [cells[0]?.[0], other, given, 'closed', '0.0000', '1.0000', '0.0000', other],
        [cells[1]?.[0], 'open', cells[1]?.[2], 'open', '0.0000', '0.0000', '1.0000', cells[1]?.[7]],
      ].sort(),
    );
    // Listed where they are, the decisions stay, and so do the lines of other images.
    expect((await project.run(splitCommand, { list: 'list.csv' })).json).toMatchObject({
      ...{ split: corrected.json['split'], reused: true, kept: { decisions: 2, unknown: 2 } },
    });
    expect(readFileSync(inFolder('list.csv'), 'utf8')).toBe(
      [...again, 'nowhere,disc', 'http://elsewhere.test/x,', ''].join('\n'),
    );
    // The order of the lines is not their content.
    writeFileSync(inFolder('list.csv'), [edited[0], ...edited.slice(1).reverse()].join('\n'));
    expect((await project.run(splitCommand)).json).toMatchObject({ split: corrected.json['split'], reused: true });
  });

  it('names both lines where an image is corrected twice, by whatever name', async () => {
    project.configure(`${SHORT}\nsplit: { corrections: bad.csv }`);
    writeFileSync(inFolder('bad.csv'), `picture,class\nhttp://images.test/3.jpg,disc\n${sha256(3)},\n`);
    await expect(project.run(splitCommand)).rejects.toMatchObject({
      code: 'FORMAT_INVALID',
      where: expect.stringContaining('line 3') as string,
      message: expect.stringContaining('line 2') as string,
    });
    writeFileSync(inFolder('bad.csv'), `picture,class\n${sha256(3)},disc\nhttp://images.test/3.jpg,disc\n`);
    expect((await project.run(splitCommand)).json).toMatchObject({ corrections: { applied: 1, unknown: [] } });
  });
});

describe('winnow split --list over a file', () => {
  it('refuses anything but a list, before the teacher is asked', async () => {
    project.configure(TESTED);
    const text = readFileSync(inFolder('p.yaml'), 'utf8');
    renameSync(inFolder('teacher.safetensors'), inFolder('teacher.safetensors.aside'));
    try {
      await expect(project.run(splitCommand, { list: 'p.yaml' })).rejects.toMatchObject({ code: 'FILE_NOT_WRITABLE' });
    } finally {
      renameSync(inFolder('teacher.safetensors.aside'), inFolder('teacher.safetensors'));
    }
    expect(readFileSync(inFolder('p.yaml'), 'utf8')).toBe(text);
  });
});

describe('winnow train --dry-run', () => {
  it.each(['winnow', 'kd', 'modul'])(
    'says what %s will take, measured on some steps, and writes no run',
    async (method) => {
      project.configure(SHORT);
      const runs = inFolder('.winnow/runs');
      const before = existsSync(runs) ? readdirSync(runs) : [];
      const { json, text } = await project.run(trainCommand, { method, dryRun: true });
      expect(json).toMatchObject({
        settings: { batch: 8, epochs: 2 },
        decidedBy: { batch: 'project' },
        steps: expect.any(Number),
        seconds: expect.any(Number),
        memoryBytes: expect.any(Number),
      });
      expect(json['steps']).toBe(2 * Number(json['stepsPerEpoch']));
      expect(text.join('\n')).toMatch(/Time: about .* steps, .* s each/);
      expect(existsSync(runs) ? readdirSync(runs) : []).toEqual(before);
    },
  );
});

describe('winnow train --dry-run with a refined teacher', () => {
  it.each([
    [
      'full',
      { depth: 'full', epochs: 2, seconds: expect.any(Number) },
      /all weights of two copies, 2 epochs each, \d+ steps/,
    ],
    ['head', { depth: 'head', steps: 0, seconds: expect.any(Number) }, /its logits are corrected from its features/],
  ])('counts what %s takes', async (refine, refinement, line) => {
    const settings = (what: string) =>
      `train: { batch: 8, epochs: 2, workers: 0, settings: { winnow: { refine: ${what}, refineEpochs: 2 } } }`;
    project.configure(settings('none'));
    const without = await project.run(trainCommand, { method: 'winnow', dryRun: true });
    expect(without.json['refinement']).toBeNull();
    project.configure(settings(refine));
    const { json, text } = await project.run(trainCommand, { method: 'winnow', dryRun: true });
    expect(json).toMatchObject({ refinement, steps: without.json['steps'] });
    const { seconds, steps } = json['refinement'] as { seconds: number; steps: number };
    expect(seconds).toBeGreaterThan(0);
    expect(Number(json['seconds'])).toBeGreaterThan(seconds);
    expect(Number(json['memoryBytes'])).toBeGreaterThanOrEqual(Number(without.json['memoryBytes']));
    expect(text.join('\n')).toMatch(line);
    expect(text.join('\n')).toMatch(/s to refine the teacher/);
    // Two copies, as many epochs, over the images that are learnt.
    if (refine === 'full') expect(steps % 4).toBe(0);
  });
});

describe('winnow train', () => {
  const train = async (settings: string, options: Record<string, unknown> = {}) => {
    project.configure(settings);
    const result = await project.run(trainCommand, options);
    return { ...result, summary: result.json['summary'] as unknown as RunSummary };
  };

  it('says which split was used, and the card tells of split, calibration and confusion', async () => {
    const { summary, text, json } = await train(TESTED, { method: 'kd-known' });
    expect(text.join('\n')).toContain('Split edl-gmm: ');
    expect(summary.split).toMatchObject({ method: 'edl-gmm', corrected: 0, quality: { method: 'edl-gmm' } });
    expect(summary.calibrationError).toBeGreaterThanOrEqual(0);
    expect(summary.confusion?.counts?.flat().reduce((sum, count) => sum + count, 0)).toBe(12);
    const card = readFileSync(path.join(String(json['run']), 'model-card.md'), 'utf8');
    for (const part of ['Calibration error', '### Confusion', '| Split | edl-gmm |', '### Against the truth']) {
      expect(card).toContain(part);
    }
    expect(card).toContain('.winnow/builds/one/ATTRIBUTION.tsv');
    const answers = await readTestAnswers(String(json['run']));
    expect(answers?.listDigest).toBe(digestTestList(await listLabelledFiles(inFolder('test'))));
    expect(confusionMatrix(answers!.predicted, answers!.labels, 2)).toEqual(summary.confusion?.counts);
    rmSync(path.join(String(json['run']), 'answers-test.f16'));
    const evaluated = await project.run(evaluateCommand);
    expect(await readTestAnswers(String(json['run']))).toEqual(answers);
    const [row] = evaluated.json['results'] as unknown as { accuracy: number; calibrationError: number }[];
    expect(row?.accuracy).toBe(summary.accuracy);
    expect(row?.calibrationError).toBeCloseTo(summary.calibrationError as number, 5);
  });

  it('tells of a projector that stays in the student', async () => {
    const { summary, json } = await train(TESTED, { method: 'simkd', epochs: 1 });
    const parameters = summary.projector?.parameters as number;
    expect(parameters).toBeGreaterThan(0);
    expect(summary.parameters).toBeGreaterThan(parameters);
    expect(summary.projector?.secondsPerPicture).toBeGreaterThanOrEqual(0);
    expect(readFileSync(path.join(String(json['run']), 'model-card.md'), 'utf8')).toContain('in the projector');
  });

  it('makes a new run where corrections changed and the method reads them, else not', async () => {
    const corrected = `${TESTED}\nsplit: { corrections: few.csv }`;
    writeFileSync(inFolder('few.csv'), `picture,class\n${sha256(0)},\n`);
    const simkd = await train(TESTED, { method: 'simkd', epochs: 1 });
    const again = await train(corrected, { method: 'simkd', epochs: 1 });
    expect(again.json).toMatchObject({ run: simkd.json['run'], reused: true });
    expect(again.text.join('\n')).toContain(simkd.summary.notes[0]);
    expect(again.text.join('\n')).toContain('the split of then');
    const ce = await train(TESTED, { method: 'ce', epochs: 1 });
    const decided = await train(corrected, { method: 'ce', epochs: 1 });
    expect(decided.json).toMatchObject({ reused: false });
    expect(decided.json['run']).not.toBe(ce.json['run']);
    expect(decided.summary.notes.join()).toContain('0 decided labels take the place of given ones; 1 images');
    expect(decided.summary.notes[0]).toContain('(ce reads only what the person decided)');
    const first = await train(corrected, { method: 'kd-known', epochs: 1 });
    writeFileSync(inFolder('few.csv'), `picture,class\n${sha256(0)},\n${sha256(1)},open\n`);
    const second = await train(corrected, { method: 'kd-known', epochs: 1 });
    expect(second.json['reused']).toBe(false);
    expect([first.summary.split?.corrected, second.summary.split?.corrected]).toEqual([1, 2]);
    expect(second.summary.notes[0]).toContain('2 of them corrected by a person');
  });
});

describe('winnow evaluate', () => {
  const summaries = async () => {
    const handle = await openDatabase({ url: undefined, stateDir: inFolder('.winnow'), holder: 'a spec' });
    const runs = await listFinishedRuns(handle.db, 'p');
    await handle.close();
    return new Map(runs.map(({ folder, summary }) => [folder, summary]));
  };

  it('leaves what a run was told of its teacher where the project has another, and goes on where one fails', async () => {
    project.configure(TESTED);
    const names: string[] = [];
    for (const seed of [41, 42]) {
      const { json } = await project.run(trainCommand, { method: 'ce', epochs: 1, seed });
      names.push(path.basename(String(json['run'])));
    }
    const [kept, broken] = names as [string, string];
    const before = (await summaries()).get(kept) as RunSummary;
    writeFileSync(inFolder(`.winnow/runs/${broken}/student.safetensors`), 'no weights');
    const other = createModel('resnet8', { classCount: 2, seed: 9 });
    const input = { size: 16, range: [0, 1], mean: [0.4, 0.5, 0.5], std: [0.25, 0.25, 0.25] } as InputSpec;
    const about = weightsMetadata({ model: 'resnet8', classes: ['square', 'disc'], input });
    writeFileSync(inFolder('other.safetensors'), saveWeights(other, about));
    other.dispose();
    const text = readFileSync(inFolder('p.yaml'), 'utf8');
    writeFileSync(inFolder('p.yaml'), text.replace('weights: teacher.safetensors', 'weights: other.safetensors'));
    const { exitCode, json, text: said } = await project.run(evaluateCommand);
    expect(exitCode).toBe(3);
    expect(json).toMatchObject({ failures: [{ folder: broken, reason: expect.any(String) as string }] });
    expect(said.join('\n')).toContain(`${broken} cannot be measured`);
    const after = (await summaries()).get(kept) as RunSummary;
    expect([after.teacherAccuracy, after.agreement]).toEqual([before.teacherAccuracy, before.agreement]);
    expect(after.accuracy).toBe(before.accuracy);
    rmSync(inFolder(`.winnow/runs/${broken}`), { recursive: true });
  });
});

describe('weights of a run with a flipped bit', () => {
  it('are refused by predict, export, evaluate and train; runs of before load with a remark', async () => {
    project.configure(TESTED);
    const train = () => project.run(trainCommand, { method: 'ce', epochs: 1, seed: 51 });
    const { json } = await train();
    const folder = inFolder(`.winnow/runs/${path.basename(String(json['run']))}`);
    const weights = path.join(folder, 'student.safetensors');
    const image = inFolder(`test/disc/${readdirSync(inFolder('test/disc'))[0]}`);
    const predict = () =>
      predictCommand.run?.(
        { arguments: { model: folder, images: [image] }, options: { top: 1, engine: 'wasm' } },
        project.io,
      );
    const exported = (out: string) =>
      exportCommand.run?.(
        { arguments: { source: folder }, options: { format: ['safetensors'], engine: 'wasm', out } },
        project.io,
      );
    expect(await predict()).toMatchObject({ exitCode: 0 });
    const sound = readFileSync(weights);
    const flipped = Buffer.from(sound);
    flipped[sound.length - 2] = (sound.at(-2) ?? 0) ^ 64;
    writeFileSync(weights, flipped);
    const refused = { code: 'DATA_CORRUPT', where: weights, message: expect.stringContaining('changed') as string };
    await expect(predict()).rejects.toMatchObject(refused);
    await expect(exported('damaged')).rejects.toMatchObject(refused);
    await expect(train()).rejects.toMatchObject(refused);
    const { json: evaluated } = await project.run(evaluateCommand);
    expect(evaluated['failures']).toEqual([
      { folder: path.basename(folder), reason: expect.stringContaining('changed') as string },
    ]);
    const manifest = path.join(folder, 'manifest.json');
    const { weights: recorded, ...before } = JSON.parse(readFileSync(manifest, 'utf8')) as Record<string, unknown>;
    expect(recorded).toMatchObject({ name: 'student.safetensors', sizeBytes: sound.length });
    writeFileSync(weights, sound);
    expect((await train()).json).toMatchObject({ reused: true });
    await exported('whole');
    writeFileSync(manifest, JSON.stringify(before));
    project.said.length = 0;
    expect(await predict()).toMatchObject({ exitCode: 0 });
    expect(project.said.join('\n')).toContain('has no digest of its weights');
    rmSync(folder, { recursive: true });
  });
});

describe('classes in another order than those of the build', () => {
  it('are refused before anything is split or learnt', async () => {
    project.configure(TESTED);
    const text = readFileSync(inFolder('p.yaml'), 'utf8');
    const swapped = '[{ name: square }, { name: disc }]';
    writeFileSync(inFolder('p.yaml'), text.replace('[{ name: disc }, { name: square }]', swapped));
    for (const command of [splitCommand, trainCommand]) {
      await expect(project.run(command)).rejects.toMatchObject({
        code: 'MISSING_INPUT',
        message: expect.stringContaining('class 1 is square here and disc there') as string,
        next: expect.stringContaining('winnow build') as string,
      });
    }
  });

  it('do not mix up the students of before', async () => {
    project.configure(TESTED);
    const { json } = await project.run(trainCommand, { method: 'ce', epochs: 1, seed: 43 });
    const folder = path.basename(String(json['run']));
    const find = async () => {
      const { json: evaluated } = await project.run(evaluateCommand);
      const rows = evaluated['results'] as unknown as { folder: string; perClassAccuracy: Record<string, number> }[];
      return rows.find((row) => row.folder === folder)?.perClassAccuracy;
    };
    const before = await find();
    const text = readFileSync(inFolder('p.yaml'), 'utf8');
    const swapped = '[{ name: square }, { name: disc }]';
    writeFileSync(inFolder('p.yaml'), text.replace('[{ name: disc }, { name: square }]', swapped));
    expect(await find()).toEqual(before);
  });
});

describe('winnow compare', () => {
  it('trains what is missing, each method with its own split, and leaves table, plot and record', async () => {
    project.configure(TESTED);
    const options = { methods: ['kd', 'winnow', 'kd-known', 'kd'], seeds: 2, firstSeed: 4, epochs: 1 };
    const saidBefore = project.said.length;
    const first = await project.run(compareCommand, options);
    expect(project.said.slice(saidBefore).filter((line) => line.startsWith('== '))).toEqual(
      [4, 5].flatMap((seed) => ['kd', 'winnow', 'kd-known'].map((method) => `== ${method}, seed ${seed}`)),
    );
    expect(first.json).toMatchObject({ methods: ['kd', 'winnow', 'kd-known'], seeds: [4, 5], reused: 0, failures: [] });
    expect(first.exitCode).toBe(0);
    const rows = first.json['results'] as unknown as Record<string, unknown>[];
    expect(rows.map(({ method, split, seeds }) => [method, split, seeds])).toEqual([
      ['kd', 'winnow', [4, 5]],
      ['winnow', 'winnow', [4, 5]],
      ['kd-known', 'edl-gmm', [4, 5]],
    ]);
    expect(rows[0]).toMatchObject({
      accuracy: { count: 2, sd: expect.any(Number) as number },
      agreement: { count: 2 },
    });
    const files = first.json['files'] as { markdown: string; json: string; svg: string };
    expect(path.basename(files.svg)).toMatch(/^compare-[0-9a-f]{12}\.svg$/);
    const [markdown, svg] = [readFileSync(files.markdown, 'utf8'), readFileSync(files.svg, 'utf8')];
    expect(markdown).toContain('| kd-known | edl-gmm | 2 |');
    expect(svg.match(/class="c-line/g)?.length).toBeGreaterThanOrEqual(6);
    expect(JSON.parse(readFileSync(files.json, 'utf8'))).toMatchObject({ methods: ['kd', 'winnow', 'kd-known'] });
    // The same again trains nothing.
    const again = await project.run(compareCommand, options);
    expect(again.json).toMatchObject({ reused: 6, files });
    expect(readFileSync(files.markdown, 'utf8')).toBe(markdown);
    expect(readFileSync(files.svg, 'utf8')).toBe(svg);
  });

  it('goes on where a method fails, says why, and ends with 3', async () => {
    project.configure(TESTED);
    const trained = await project.run(trainCommand, { method: 'ce', epochs: 1, seed: 7 });
    writeFileSync(path.join(String(trained.json['run']), 'summary.json'), '{');
    const options = { methods: ['ce', 'kd'], seeds: 2, firstSeed: 7, epochs: 1 };
    const { exitCode, json, text } = await project.run(compareCommand, options);
    expect(exitCode).toBe(3);
    expect(json).toMatchObject({
      results: [{ seeds: [8] }, { seeds: [7, 8] }],
      failures: [{ method: 'ce', seed: 7, reason: expect.stringContaining('not JSON') as string }],
    });
    expect(text.join('\n')).toContain('ce, seed 7: This file of a run is not JSON');
    const { markdown } = json['files'] as { markdown: string };
    expect(readFileSync(markdown, 'utf8')).toContain('Not finished:');
  });

  it('fails as a whole where the corrections do, and leaves the earlier table alone', async () => {
    const settings = `${TESTED}\nsplit: { corrections: few.csv }`;
    const options = { methods: ['simkd', 'kd3'], seeds: 1, firstSeed: 30, epochs: 1 };
    writeFileSync(inFolder('few.csv'), `picture,class\n${sha256(0)},\n`);
    project.configure(settings);
    const first = await project.run(compareCommand, options);
    expect(first.text.join('\n')).toContain('simkd, kd3 do not read what a person decides: corrections change only');
    const { markdown } = first.json['files'] as { markdown: string };
    const [table, names] = [readFileSync(markdown, 'utf8'), readdirSync(path.dirname(markdown))];
    writeFileSync(inFolder('few.csv'), 'picture,class\n000000000,\n');
    await expect(project.run(compareCommand, options)).rejects.toMatchObject({
      code: 'FORMAT_INVALID',
      where: expect.stringContaining('few.csv, line 2') as string,
    });
    expect([readFileSync(markdown, 'utf8'), readdirSync(path.dirname(markdown))]).toEqual([table, names]);
    // Other corrections make another table, under the same names of methods and files.
    writeFileSync(inFolder('few.csv'), `picture,class\n${sha256(0)},\n${sha256(1)},\n`);
    const other = await project.run(compareCommand, options);
    expect(other.json).toMatchObject({ reused: 2 });
    expect((other.json['files'] as { markdown: string }).markdown).not.toBe(markdown);
  });

  it('refuses seeds that no run can have, before any work', async () => {
    for (const options of [{ seeds: 2, firstSeed: 2 ** 31 - 1 }, { seeds: 2 ** 32 }]) {
      await expect(project.run(compareCommand, { methods: ['ce'], ...options })).rejects.toMatchObject({
        ...{ code: 'USAGE', where: '--seeds, --first-seed' },
      });
    }
  });

  it('writes no table where no run came to an end', async () => {
    project.configure(TESTED);
    const options = { methods: ['ce'], seeds: 1, firstSeed: 31, epochs: 1 };
    const first = await project.run(compareCommand, options);
    const [{ folder: run }] = first.json['runs'] as unknown as [{ folder: string }];
    const { markdown, svg } = first.json['files'] as { markdown: string; svg: string };
    const before = [markdown, svg].map((file) => readFileSync(file, 'utf8'));
    writeFileSync(inFolder(`.winnow/runs/${run}/summary.json`), '{');
    const { exitCode, json, text } = await project.run(compareCommand, options);
    expect([exitCode, json['files']]).toEqual([1, null]);
    expect(text.join('\n')).toMatch(/ce, seed 31: This file of a run is not JSON/);
    expect([markdown, svg].map((file) => readFileSync(file, 'utf8'))).toEqual(before);
  });

  it('takes up an interrupted run when it is asked again', async () => {
    project.configure(TESTED);
    const options = { methods: ['ce', 'kd'], seeds: 1, firstSeed: 20, epochs: 2 };
    const asked = new AbortController();
    const stopInKd: CommandIo['progress'] = {
      start: ({ label }) => ({
        update: (done) => (label === 'train kd' && done === 3 ? asked.abort() : undefined),
        end: () => undefined,
      }),
    };
    const stopped = project.run(compareCommand, options, { progress: stopInKd, signal: asked.signal });
    await expect(stopped).rejects.toMatchObject({ code: 'INTERRUPTED' });
    // Most memory was held before the stop: the run's figure is that of all its sittings.
    const runs = path.join(project.folder, '.winnow/runs');
    const folder = path.join(runs, readdirSync(runs).find((name) => name.endsWith('kd-s20')) as string, 'checkpoints');
    for (const name of readdirSync(folder).filter((file) => file.endsWith('.json'))) {
      const record = JSON.parse(readFileSync(path.join(folder, name), 'utf8')) as { state: object };
      const state = { ...record.state, loop: { peakMemoryBytes: 2 ** 52 } };
      writeFileSync(path.join(folder, name), JSON.stringify({ ...record, state }));
    }
    const steps: number[] = [];
    const watch: CommandIo['progress'] = {
      start: ({ label }) => ({
        update: (done) => void (label === 'train kd' && steps.push(done)),
        end: () => undefined,
      }),
    };
    expect((await project.run(compareCommand, options, { progress: watch })).json).toMatchObject({ reused: 1 });
    expect(steps).toEqual([4, 5, 6]);
    const summary = readFileSync(path.join(folder, '../summary.json'), 'utf8');
    expect((JSON.parse(summary) as RunSummary).peakMemoryBytes).toBe(2 ** 52);
  });

  it('compares agreement with the teacher where there is no test set, with the split that the project names', async () => {
    rmSync(inFolder('.winnow/runs'), { recursive: true, force: true });
    project.configure(`${SHORT}\nsplit: { method: edl-gmm }`);
    const { json, text } = await project.run(compareCommand, { methods: ['winnow', 'ce'], seeds: 1, epochs: 1 });
    expect(json).toMatchObject({ results: [{ split: 'edl-gmm', accuracy: null, gap: null }, { split: 'edl-gmm' }] });
    expect(text[0]).toContain('agreement, %');
    expect(readdirSync(inFolder('.winnow/runs')).filter((name) => name.startsWith('compare-'))).toHaveLength(3);
  });
});

describe('after another build', () => {
  it('no student is measured that was of the one before, and evaluate says so', async () => {
    project.configure(TESTED);
    await project.run(trainCommand, { method: 'ce', epochs: 1, seed: 50 });
    const handle = await openDatabase({ url: undefined, stateDir: inFolder('.winnow'), holder: 'a spec' });
    const before = (await listFinishedRuns(handle.db, 'p')).length;
    const { digest, ...build } = (await latestBuild(handle.db, 'p')) as BuildRecord;
    const later = {
      ...build,
      id: 'two',
      inputDigest: 'another',
      digest: digest.replace(/^./, (first) => (first === '0' ? '1' : '0')),
    };
    await saveBuild(handle.db, later, { samples: [], exclusions: [] });
    await handle.close();
    await expect(project.run(evaluateCommand)).rejects.toMatchObject({
      code: 'MISSING_INPUT',
      message: expect.stringMatching(`^${before} students? (is|are) of earlier data sets, none of this one$`) as string,
    });
  });
});
