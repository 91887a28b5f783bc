import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isWinnowError } from '@winnow/contracts';
import { loadProject } from './load-project';
import type { Override } from './environment/overrides';

const MINIMAL = 'name: fashion\nclasses:\n  - name: sneaker\n  - name: bag\n';
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'winnow-config-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const load = (text: string, env: Record<string, string> = {}, overrides: readonly Override[] = []) => {
  writeFileSync(path.join(folder, 'p.yaml'), text);
  return loadProject('p.yaml', { cwd: folder, env, overrides });
};

const lineOf = async (promise: Promise<unknown>): Promise<string> => {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!isWinnowError(error)) throw new Error(`expected a WinnowError, got ${String(error)}`);
  return `${error.exitCode}: ${error.toLine()}`;
};

describe('loadProject', () => {
  it('fills in defaults and paths, and freezes the result', async () => {
    const config = await load(MINIMAL);
    expect(config.harvest.engines).toEqual(['openverse', 'commons']);
    expect(config.build.dedupe).toEqual({
      mergeBits: 15,
      sameClassMergeBits: 31,
      confirmBelowPixels: 128,
      mirrors: true,
    });
    expect(config.paths.state).toBe(path.join(folder, '.winnow'));
    expect(Object.isFrozen(config.harvest.resolve)).toBe(true);
    expect(config.databaseUrl).toBeUndefined();
  });

  it('prefers flags over the environment over the file', async () => {
    const text = `${MINIMAL}train: { epochs: 3, batch: 8, seed: 4 }\n`;
    const config = await load(text, { WINNOW_TRAIN_EPOCHS: '5', WINNOW_TRAIN_BATCH: '16' }, [
      ['train.epochs', 7],
      ['train.seed', undefined],
    ]);
    expect(config.train).toMatchObject({ epochs: 7, batch: 16, seed: 4 });
  });

  it('has the crop and flip of the demo as its views, and takes others', async () => {
    const { train } = await load(MINIMAL);
    expect(train.augment).toEqual({ basis: 'crop-flip' });
    expect(train).toMatchObject({ schedule: 'auto', accumulate: 1, workers: 'auto', pixelMemoryBytes: 2_000_000_000 });
    const text = `${MINIMAL}train:\n  workers: 2\n  augment: { basis: resized-crop, scale: [0.3, 1], randAugment: {}, mixup: 0.2 }\n`;
    expect((await load(text)).train).toMatchObject({
      workers: 2,
      augment: { scale: [0.3, 1], randAugment: { operations: 2, magnitude: 9 }, mixup: 0.2 },
    });
    expect(await lineOf(load(`${MINIMAL}train:\n  augment: { scale: [1, 0.5] }\n`))).toContain(
      'key train.augment.scale',
    );
    expect(await lineOf(load(`${MINIMAL}train:\n  augment: { cutmix: 0 }\n`))).toContain('key train.augment.cutmix');
  });

  it('names file, line, key, what was expected and what was found', async () => {
    expect(await lineOf(load(`${MINIMAL}train:\n  epochs: many\n`))).toBe(
      '2: Wrong value in the project file: expected number, received string, found "many" (p.yaml, line 6, key train.epochs).',
    );
    expect(await lineOf(load(`${MINIMAL}train:\n  epoch: 3\n`))).toBe(
      '2: Unknown key "epoch" in the project file (p.yaml, line 6, key train.epoch). Did you mean epochs?',
    );
    expect(await lineOf(load('classes: [{ name: a }, { name: b }]\n'))).toContain(
      'A required key is missing: expected string',
    );
    expect(await lineOf(load(MINIMAL.replace('bag', 'sneaker')))).toBe(
      '2: Wrong value in the project file: no class may be listed twice, found "sneaker" (p.yaml, line 4, key classes[1].name).',
    );
    expect(await lineOf(load('- 1\n'))).toContain('expected object');
    expect(await lineOf(load('a: [\n'))).toContain('not valid YAML');
  });

  it('knows a class list when it is given one', async () => {
    for (const list of ['robin\n# a comment\nblue tit\nblackbird\n', '- robin\n- blue tit\n']) {
      expect(await lineOf(load(list))).toBe(
        '2: This is a class list, not a project file (p.yaml). `winnow init p.yaml` writes a project file for it.',
      );
    }
  });

  it('says what to write instead', async () => {
    const unknown = async (text: string) => (await lineOf(load(`${MINIMAL}${text}`))).replace(/^.*\)\. /, '');
    expect(await unknown('trian: {}\n')).toBe('Did you mean train?');
    expect(await unknown('train: { learning_rate: 1, lr: 2, epoch: 3 }\n')).toBe('Did you mean learningRate?');
    expect(await unknown('train: { settings: { winow: { views: 4 } } }\n')).toBe('Did you mean winnow?');
    expect(await unknown('split: { zzz: 1 }\n')).toBe('There are method, corrections, decisions.');
    expect(await unknown('student: { model: resnet51 }\n')).toMatch(/^Did you mean resnet\w+\? There are resnet8, /);
    expect(await unknown('student: { model: vit }\n')).toMatch(/^There are resnet8, .*mobilenetv2, .*\.$/);
    expect((await load(MINIMAL)).student).toEqual({ model: 'resnet8' });
    const begun = await load(`${MINIMAL}student: { weights: a.safetensors, head: random }\n`);
    expect(begun.student).toEqual({ model: 'auto', weights: 'a.safetensors', head: 'random' });
    const projected = await load(`${MINIMAL}student: { model: resnet8+projector-64 }\n`);
    expect(projected.student.model).toBe('resnet8+projector-64');
    const input = '{ size: 32, range: [0, 1], mean: [0, 0, 0], std: [1, 1, 1], stdd: 1 }';
    expect(await unknown(`teacher: { weights: w, input: ${input} }\n`)).toBe('Did you mean std?');
    const query = MINIMAL.replace('sneaker', '"a"\n    queries: [{ text: a, langauge: de }]');
    expect(await lineOf(load(query))).toBe(
      '2: Unknown key "langauge" in the project file (p.yaml, line 4, key classes[0].queries[0].langauge). Did you mean language?',
    );
    expect(await lineOf(load(MINIMAL.replace('sneaker', '"a"\n    queries: [{ txt: a }]')))).toContain(
      'Did you mean text?',
    );
    expect(await lineOf(load('name: p\nclasses: [robin, "a: b"]\n'))).toMatch(
      /Write `- \{ name: robin \}`\. 1 more problem follows once this is corrected\.$/,
    );
  });

  it('refuses a misspelt variable of a section, and no other', async () => {
    expect(await lineOf(load(MINIMAL, { WINNOW_TRAIN_EPOCH: '5' }))).toBe(
      '2: The environment variable is no setting (WINNOW_TRAIN_EPOCH). Did you mean WINNOW_TRAIN_EPOCHS?',
    );
    for (const variable of ['WINNOW_EVALUATE_TEST', 'WINNOW_TRAIN_SIZE']) {
      expect(await lineOf(load(MINIMAL, { [variable]: '8' }))).toMatch(/Unset it; .* There are WINNOW_ENGINE,/);
    }
    const others = {
      WINNOW_CACHE: '/x',
      WINNOW_LOOPBACK_ONLY: '1',
      WINNOW_TRAIN_EPOCH: ' ',
      WINNOW_DB_PASSWORD: 'x',
      WINNOW_BUILD_NUMBER: '7',
    };
    expect((await load(MINIMAL, others)).train.epochs).toBe('auto');
  });

  it('blames the flag or variable whose value is wrong, and shows that value', async () => {
    const text = `${MINIMAL}train: { epochs: 3 }\n`;
    expect(await lineOf(load(text, { WINNOW_TRAIN_EPOCHS: 'many' }))).toBe(
      '2: Wrong value: expected number, received string, found "many" (WINNOW_TRAIN_EPOCHS, key train.epochs).',
    );
    expect(await lineOf(load(text, { WINNOW_TRAIN_EPOCHS: '5' }, [['train.epochs', 0, '--epochs']]))).toMatch(
      /^2: Wrong value: .* found 0 \(--epochs, key train\.epochs\)\.$/,
    );
    expect(await lineOf(load(text, {}, [['train.epochs', 0]]))).toContain('(command line option, key train.epochs)');
    // An option that was not given blames nobody, and a wrong section is the file's.
    expect(await lineOf(load(text.replace('3', '-1'), {}, [['train.epochs', undefined, '--epochs']]))).toContain(
      'found -1 (p.yaml, line 5, key train.epochs)',
    );
    expect(await lineOf(load(`${MINIMAL}train: 5\n`, {}, [['train.epochs', 1]]))).toContain('found 5 (p.yaml, line 5');
  });

  it('reads numbers from the environment only where a number is wanted', async () => {
    const config = await load(MINIMAL, { WINNOW_HARVEST_CONTACT: '12345', WINNOW_BUILD_SIZE: '16' });
    expect([config.harvest.contact, config.build.size]).toEqual(['12345', 16]);
    expect((await load(MINIMAL, { WINNOW_TRAIN_SEED: ' ' })).train.seed).toBe(1);
  });

  it('says that a file is missing or a folder', async () => {
    expect(await lineOf(loadProject('none.yaml', { cwd: folder, env: {} }))).toContain(
      '1: There is no such project file (none.yaml)',
    );
    expect(await lineOf(loadProject('.', { cwd: folder, env: {} }))).toContain('is a folder');
  });

  it('refuses names that would leave their folder, resolve targets beyond loopback, and alias bombs', async () => {
    expect(await lineOf(load(MINIMAL.replace('fashion', '../x')))).toContain('slashes');
    for (const sign of ['\u202e', '\u200b', '\u2066', '\u00ad']) {
      expect(await lineOf(load(MINIMAL.replace('fashion', `"a${sign}b"`)))).toContain('invisible characters');
    }
    expect(await lineOf(load(`${MINIMAL}harvest: { resolve: { a.test: 10.0.0.1:80 } }\n`))).toContain('127.0.0.1:PORT');
    const bomb = [
      'a: &a [x, x, x]',
      ...'bcdefghi'.split('').map((c, i) => `${c}: &${c} [${`*${'abcdefgh'[i] ?? ''}, `.repeat(9)}]`),
    ];
    expect(await lineOf(load(bomb.join('\n')))).toContain('not valid YAML');
  });

  it('takes the joiners that some languages are spelt with', async () => {
    const config = await load(MINIMAL.replace('fashion', '"می\u200cخوانم"'));
    expect(config.name).toBe('می\u200cخوانم');
  });

  it('takes DATABASE_URL from the environment', async () => {
    expect((await load(MINIMAL, { DATABASE_URL: 'postgres://localhost/x' })).databaseUrl).toBe(
      'postgres://localhost/x',
    );
  });
});
