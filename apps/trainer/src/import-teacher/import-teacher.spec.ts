import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadProject } from '@winnow/config';
import type { CommandIo } from '@winnow/contracts';
import { encodePng } from '@winnow/imaging';
import {
  createModel,
  decodeSafetensors,
  encodeSafetensors,
  saveWeights,
  weightsMetadata,
  type WritableTensor,
} from '@winnow/models';
import { tf } from '@winnow/tensor';
import { METHODS, normalisePixels, predict, train } from '@winnow/training';
import { itWhereShared, sharedPath } from '@winnow/testing';
import { importTeacherCommand } from '../commands/import-teacher';
import { loadNetwork, loadTeacher } from '../teacher/load-teacher';
import { predictCommand } from '../commands/predict';
import { importTeacher } from './import-teacher';
import type { ImportJob, TeacherFlags } from './import-job';

const ONNX = path.join(__dirname, 'goldens', 'teacher.onnx');
const GOLDEN = JSON.parse(readFileSync(path.join(__dirname, 'goldens', 'teacher.json'), 'utf8')) as {
  readonly logits: readonly number[][];
  readonly features: readonly number[][];
  readonly featureMap: readonly number[];
};
const SHARED = sharedPath('data');
const itShared = itWhereShared('data/mobilenet-v2-imagenet-tfjs.tar.gz');

const NOTHING: TeacherFlags = {
  model: undefined,
  classes: undefined,
  size: undefined,
  range: undefined,
  mean: undefined,
  std: undefined,
  layout: undefined,
  logits: undefined,
  features: undefined,
  featureMap: undefined,
  featureMapLayout: undefined,
  probabilities: false,
  logitsOnly: false,
  rename: {},
};
const INPUT = { size: 8, range: [0, 1], mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] } as const;
const TORCH: TeacherFlags = {
  ...NOTHING,
  ...INPUT,
  classes: ['background', 'cat', 'dog', 'crow bird'],
  layout: 'nchw',
  logits: 'logits',
  features: '/network/ReduceMean_output_0',
  featureMap: '/network/Relu_output_0',
  featureMapLayout: 'nchw',
};

let folder: string;
let io: CommandIo;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'winnow-import-'));
  const progress = { start: () => ({ update: () => undefined, end: () => undefined }) };
  io = { cwd: folder, env: {}, signal: new AbortController().signal, log: () => undefined, progress };
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const inFolder = (name: string): string => path.join(folder, name);
const bring = (job: Partial<ImportJob>) =>
  importTeacher(
    {
      ...{ file: ONNX, out: inFolder('teacher'), force: false, flags: TORCH, check: [] },
      ...{ resize: 'squash', engine: 'wasm', ...job },
    },
    io,
  );
const project = (classes: string, teacher: string) => {
  writeFileSync(inFolder('p.yaml'), `name: p\nclasses: [${classes}]\nteacher: ${teacher}\n`);
  return loadProject('p.yaml', { cwd: folder, env: {} });
};
/** The images of the golden: see tools/goldens/onnx_teacher.py. */
const goldenPixels = Uint8Array.from({ length: 3 * 192 }, (_, at) => 7 * Math.floor(at / 192) + 13 * (at % 192));
const goldenImage = (picture: number) => goldenPixels.subarray(picture * 192, (picture + 1) * 192);
const writeImage = async (name: string, picture: number): Promise<string> => {
  mkdirSync(path.dirname(inFolder(name)), { recursive: true });
  const image = { width: 8, height: 8, data: goldenImage(picture) };
  writeFileSync(inFolder(name), await encodePng(image as never));
  return inFolder(name);
};

describe('importTeacher of ONNX', () => {
  it('replaces an earlier import, and nothing that holds a file of somebody else', async () => {
    const out = inFolder('again');
    await bring({ out });
    await bring({ out });
    // What a killed import leaves where it had moved the earlier one aside.
    mkdirSync(inFolder('.again.Ab12Cd'));
    renameSync(out, inFolder('.again.Ab12Cd/old'));
    await bring({ out });
    expect(readdirSync(folder).filter((name) => name.includes('again'))).toEqual(['again']);
    writeFileSync(path.join(out, 'notes.txt'), 'mine');
    await expect(bring({ out })).rejects.toMatchObject({ code: 'FILE_NOT_WRITABLE' });
    const external = inFolder('foreign');
    mkdirSync(external);
    writeFileSync(path.join(external, 'teacher.json'), '{"mine":1}');
    await expect(bring({ out: external })).rejects.toMatchObject({ code: 'FILE_NOT_WRITABLE' });
    expect(readdirSync(external)).toEqual(['teacher.json']);
    expect(readFileSync(path.join(out, 'notes.txt'), 'utf8')).toBe('mine');
  });

  it('answers as PyTorch does, within the graph too, also when it is read again', async () => {
    const result = await bring({});
    expect(result).toMatchObject({ kind: 'onnx', classCount: 4, isChecked: false });
    const network = await loadNetwork(inFolder('teacher'));
    tf.tidy(() => {
      const images = tf.tensor4d(normalisePixels(goldenPixels, network.input), [3, 8, 8, 3]);
      const { logits, features, featureMap } = network.frozen.outputs(images);
      const first = (featureMap as tf.Tensor4D).slice([0], [1]);
      const pairs: [tf.Tensor, readonly number[]][] = [
        [logits, GOLDEN.logits.flat()],
        [features, GOLDEN.features.flat()],
        [first, GOLDEN.featureMap],
      ];
      for (const [found, wanted] of pairs) {
        expect(found.size).toBe(wanted.length);
        found.dataSync().forEach((value, at) => expect(value).toBeCloseTo(wanted[at] as number, 4));
      }
    });
    network.dispose();
  });

  it('is a teacher for a project: its classes by name, by another name, without the background', async () => {
    await bring({ flags: { ...TORCH, rename: { crow: 'crow bird' } } });
    const teacher = await loadTeacher(await project('{ name: crow }, { name: cat }', '{ weights: teacher }'));
    const { logits, featureDim } = await predict(teacher.frozen, {
      count: 3,
      size: 8,
      pixels: goldenPixels,
      keys: [],
      labels: new Int32Array(3),
      classes: [],
    });
    GOLDEN.logits.forEach((row, picture) => {
      expect(logits[picture * 2]).toBeCloseTo(row[3] as number, 4);
      expect(logits[picture * 2 + 1]).toBeCloseTo(row[1] as number, 4);
    });
    expect(featureDim).toBe(6);
    teacher.dispose();
    const rename = '{ weights: teacher/teacher.json, rename: { Katze: cat, Vogel: "#3" } }';
    const renamed = await loadTeacher(await project('{ name: Katze }, { name: Vogel }', rename));
    expect(renamed.digest).not.toBe(teacher.digest);
    renamed.dispose();
    await expect(
      loadTeacher(await project('{ name: dogs }, { name: cat }', '{ weights: teacher }')),
    ).rejects.toMatchObject({ code: 'TEACHER_MISMATCH', next: expect.stringContaining('dogs: "dog"') });
    for (const wrong of ['model: resnet8', 'input: { size: 16, range: [0, 1], mean: [0, 0, 0], std: [1, 1, 1] }']) {
      const config = await project('{ name: dog }, { name: cat }', `{ weights: teacher, ${wrong} }`);
      await expect(loadTeacher(config)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    }
  });

  it('teaches a student, with the same bits for the same seed', async () => {
    await bring({});
    const teacher = await loadTeacher(await project('{ name: dog }, { name: cat }', '{ weights: teacher }'));
    const classes = ['dog', 'cat'];
    const images = {
      count: 3,
      size: 8,
      pixels: goldenPixels,
      keys: ['a', 'b', 'c'],
      labels: Int32Array.of(0, 1, 0),
      classes,
    };
    const learn = async (): Promise<readonly number[]> => {
      const model = createModel('resnet8', { classCount: 2, seed: 1 });
      const { metrics } = await train({
        method: METHODS.kd,
        data: { images, split: null },
        teacher: teacher.frozen,
        student: { model, input: teacher.input },
        options: { epochs: 3, batch: 3, seed: 1, learningRate: 0.01 },
      });
      model.dispose();
      return metrics.map(({ loss }) => loss);
    };
    const losses = await learn();
    expect(losses.every((loss) => Number.isFinite(loss) && loss > 0)).toBe(true);
    expect(await learn()).toEqual(losses);
    teacher.dispose();
  });

  it.each([
    ['with weights in a file beside it', 'dynamo', 4, /^The weights in dynamo\.onnx\.data are part of it\.$/],
    ['in float16', 'half', 2, /^It computes in float16: images and outputs are converted\.$/],
  ] as const)('takes what PyTorch exports by default, %s', async (_what, name, digits, note) => {
    const out = inFolder(name);
    const flags = { ...TORCH, logits: 'linear', features: 'mean', featureMap: 'relu' };
    const { notes } = await bring({ file: path.join(__dirname, 'goldens', `${name}.onnx`), out, flags });
    expect(notes).toContainEqual(expect.stringMatching(note));
    expect(readdirSync(out).sort()).toEqual(['model.onnx', 'teacher.json']);
    const network = await loadNetwork(out);
    tf.tidy(() => {
      const images = tf.tensor4d(normalisePixels(goldenPixels, network.input), [3, 8, 8, 3]);
      const { logits, features, featureMap } = network.frozen.outputs(images);
      logits.dataSync().forEach((value, at) => expect(value).toBeCloseTo(GOLDEN.logits.flat()[at] as number, digits));
      features
        .dataSync()
        .forEach((value, at) => expect(value).toBeCloseTo(GOLDEN.features.flat()[at] as number, digits));
      const first = (featureMap as tf.Tensor4D).slice([0], [1]).dataSync();
      first.forEach((value, at) => expect(value).toBeCloseTo(GOLDEN.featureMap[at] as number, digits));
    });
    network.dispose();
  });

  it('may have features and no feature map, as transformers do', async () => {
    const out = inFolder('no-map');
    const { check, notes } = await bring({
      out,
      flags: { ...TORCH, featureMap: undefined, featureMapLayout: undefined },
    });
    expect(check.shapes).toEqual({ logits: [4, 4], features: [4, 6], featureMap: null });
    expect(notes).toContainEqual(expect.stringMatching(/^The teacher has no feature map: `fitnet`/));
    const network = await loadNetwork(out);
    expect(network.frozen.featureDim).toBe(6);
    network.dispose();
    const { requireFittingTeacher } = await import('../teacher/require-fitting-teacher');
    const rest = (method: string) => `{ weights: no-map }\nbuild: { size: 8 }\ntrain: { method: ${method} }`;
    const classes = '{ name: dog }, { name: cat }';
    await expect(requireFittingTeacher(await project(classes, rest('fitnet')))).rejects.toThrow(/needs feature maps/);
    await requireFittingTeacher(await project(classes, rest('winnow')));
  });

  it('names everything that nobody says at once, a flag a line, with the command to copy', async () => {
    const error = await bring({ flags: { ...NOTHING, std: [1, 1, 1] }, shownFile: 'my model.onnx' }).catch(
      (caught: unknown) => caught,
    );
    // Axes and side of the input are in the file.
    expect(error).toMatchObject({
      ...{ code: 'CONFIG_INVALID', exitCode: 2 },
      lines: [
        expect.stringMatching(/^--logits NAME {2,}output that holds the logits$/),
        expect.stringMatching(/^--features NAME .*--feature-map NAME.*--logits-only/),
        expect.stringMatching(/^--labels FILE or --classes A,B,C {2}its classes/),
        expect.stringMatching(/^--range LOW,HIGH .*--preset NAME/),
        expect.stringMatching(/^--mean R,G,B /),
        "winnow teacher import 'my model.onnx' --layout nchw --logits logits --features /network/ReduceMean_output_0 " +
          '--feature-map /network/Relu_output_0 --feature-map-layout nchw --size 8 --preset <imagenet|timm|keras|clip> ' +
          '--std 1,1,1 --labels <names.txt> --check <images>',
      ],
    });
    await expect(bring({ flags: { ...TORCH, std: [1, 2] } })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });

  it('writes nothing where the network is not what was said', async () => {
    const out = inFolder('refused');
    const [a, b] = [await writeImage('labelled/cat/a.png', 0), await writeImage('labelled/dog/b.png', 1)];
    const wrong: [Partial<TeacherFlags>, RegExp, string[]?][] = [
      [{ classes: ['a', 'b', 'c'] }, /4 outputs, the class list 3 names/],
      [{ layout: 'nhwc' }, /does not answer|takes/],
      [{ featureMapLayout: 'nhwc' }, /output \/network\/Relu_output_0 has the shape/],
      [{ features: '/network/ReduceMean' }, /no output/],
      [{ probabilities: true }, /do not sum to 1/],
      [{ rename: { x: 'horse' } }, /does not know the classes x \(as horse\)/],
      [{ classes: ['a', 'b', 'c', 'd'] }, /does not know the classes cat, dog/, [path.dirname(path.dirname(a))]],
    ];
    for (const [flags, message, check] of wrong) {
      await expect(bring({ out, flags: { ...TORCH, ...flags }, check: check ?? [] })).rejects.toThrow(message);
    }
    for (const name of ['3', '4', '5', '6']) await writeImage(`labelled/cat/${name}.png`, 2);
    await expect(bring({ out, check: [inFolder('labelled')] })).rejects.toMatchObject({
      code: 'TEACHER_MISMATCH',
      exitCode: 1,
      message: expect.stringContaining('none of 6 labelled images'),
      next: expect.stringContaining('--force'),
    });
    expect(existsSync(b) && !existsSync(out)).toBe(true);
    expect(readdirSync(folder).filter((name) => name.includes('refused'))).toEqual([]);
  });

  it('writes a network that takes all images for one class only when it is told to', async () => {
    const out = inFolder('one-class');
    for (const name of ['crow/1', 'cat/1', 'cat/2', 'cat/3', 'dog/1']) await writeImage(`several/${name}.png`, 1);
    await writeImage('several/crow/2.png', 2);
    const job = { out, check: [inFolder('several')], flags: { ...TORCH, rename: { crow: 'crow bird' } } };
    await expect(bring(job)).rejects.toMatchObject({
      code: 'TEACHER_MISMATCH',
      message: expect.stringMatching(/: it takes all of 6 labelled images of several classes for crow bird$/),
      next: expect.stringContaining('--force'),
    });
    expect(existsSync(out)).toBe(false);
    const { notes, check } = await bring({ ...job, force: true });
    expect(check.accuracy).toBeCloseTo(2 / 6);
    expect(notes[0]).toMatch(/^Written although it takes all of 6 .* \(--force\)\.$/);
    expect(existsSync(out)).toBe(true);
  });

  it('replaces an earlier import, and nothing else', async () => {
    await bring({});
    const before = readFileSync(inFolder('teacher/teacher.json'));
    await bring({});
    expect(readFileSync(inFolder('teacher/teacher.json')).equals(before)).toBe(true);
    await expect(bring({ out: inFolder('labelled') })).rejects.toMatchObject({ code: 'FILE_NOT_WRITABLE' });
    const model = readFileSync(inFolder('teacher/model.onnx'));
    model.write('X', model.indexOf('pytorch'));
    writeFileSync(inFolder('teacher/model.onnx'), model);
    await expect(loadNetwork(inFolder('teacher'))).rejects.toMatchObject({ code: 'DATA_CORRUPT' });
    writeFileSync(inFolder('teacher/teacher.json'), before.toString().replace('"model.onnx"', '"../../x"'));
    await expect(loadNetwork(inFolder('teacher'))).rejects.toMatchObject({ code: 'FORMAT_INVALID' });
  });
});

describe('importTeacher of safetensors', () => {
  const flags: TeacherFlags = { ...NOTHING, ...INPUT, model: 'resnet8', classes: ['cat', 'dog', 'bird'] };
  const write = (name: string, rename: (tensor: string) => string): string => {
    const model = createModel('resnet8', { classCount: 3, seed: 1 });
    const { tensors } = decodeSafetensors(saveWeights(model, {}));
    model.dispose();
    const renamed = new Map([...tensors].map(([key, tensor]) => [rename(key), tensor as WritableTensor]));
    writeFileSync(inFolder(name), encodeSafetensors(renamed));
    return inFolder(name);
  };

  it('takes names of wrappers and other authors, says so, and writes one file that says all', async () => {
    const plain = write('plain.safetensors', (name) => name);
    const wrapped = write('wrapped.safetensors', (name) =>
      `module.model.${name}`.replace('.shortcut.', '.downsample.').replace('.fc.', '.linear.'),
    );
    const out = inFolder('ours.safetensors');
    const { notes } = await bring({ file: wrapped, out, flags: { ...flags, rename: { Hund: 'dog' } } });
    expect(notes.join(' ')).toMatch(/prefix module\.model\. .*downsample.* was taken for .*shortcut/);
    const [a, b] = [await loadNetwork(out), await loadNetwork(plain, { ...flags, input: { ...INPUT } as never })];
    expect(a.classes).toEqual(['cat', 'Hund', 'bird']);
    tf.tidy(() => {
      const images = tf.tensor4d(normalisePixels(goldenPixels, a.input), [3, 8, 8, 3]);
      expect(a.frozen.outputs(images).logits.dataSync()).toEqual(b.frozen.outputs(images).logits.dataSync());
    });
    a.dispose();
    b.dispose();
  });

  it('takes the place neither of its source nor of anything but a teacher', async () => {
    const file = write('source.safetensors', (name) => name);
    const before = readFileSync(file);
    await expect(bring({ file, out: file, flags })).rejects.toMatchObject({ code: 'FILE_NOT_WRITABLE' });
    expect(readFileSync(file).equals(before)).toBe(true);
    writeFileSync(inFolder('README.md'), 'mine');
    await expect(bring({ file, out: inFolder('README.md'), flags })).rejects.toMatchObject({
      code: 'FILE_NOT_WRITABLE',
    });
    const out = inFolder('twice.safetensors');
    await bring({ file, out, flags });
    await bring({ file, out, flags });
    expect(readFileSync(inFolder('README.md'), 'utf8')).toBe('mine');
  });

  it('takes the place of a teacher that was trained, or of a student, only when it is told to', async () => {
    const file = write('source.safetensors', (name) => name);
    const out = inFolder('trained.safetensors');
    const model = createModel('resnet8', { classCount: 3, seed: 2 });
    const input = { ...INPUT } as never;
    const trained = saveWeights(model, weightsMetadata({ model: 'resnet8', classes: ['a', 'b', 'c'], input }));
    model.dispose();
    writeFileSync(out, trained);
    await expect(bring({ file, out, flags })).rejects.toMatchObject({
      code: 'FILE_NOT_WRITABLE',
      where: out,
      next: expect.stringContaining('--force') as string,
    });
    expect(readFileSync(out).equals(trained)).toBe(true);
    await bring({ file, out, flags, force: true });
    expect((await loadNetwork(out)).classes).toEqual(flags.classes);
    await bring({ file, out, flags });
    await expect(bring({ file, out: file, flags, force: true })).rejects.toMatchObject({ code: 'FILE_NOT_WRITABLE' });
  });

  it('refuses what it would have to guess or ignore', async () => {
    const file = write('plain.safetensors', (name) => name);
    const error = await bring({ file, flags: NOTHING }).catch((caught: unknown) => caught);
    expect(error).toMatchObject({
      code: 'CONFIG_INVALID',
      lines: expect.arrayContaining([
        expect.stringMatching(/^--model /),
        expect.stringMatching(/^--labels /),
        expect.stringMatching(/^--std /),
      ]) as unknown,
    });
    await expect(bring({ file, flags: { ...flags, layout: 'nchw' } })).rejects.toThrow(/--layout: of no use/);
    await expect(bring({ file, flags: { ...flags, model: 'vgg' } })).rejects.toThrow(/does not know .*"vgg"/);
    await expect(bring({ file, flags: { ...flags, rename: { bird: 'dog' } } })).rejects.toThrow(/called bird already/);
    const pickle = inFolder('weights.pth');
    writeFileSync(pickle, 'x');
    await expect(bring({ file: pickle, flags })).rejects.toMatchObject({
      code: 'FORMAT_INVALID',
      next: expect.stringContaining('run code'),
    });
  });
});

describe('winnow teacher import', () => {
  it('reads its flags and shows what the teacher says to the images', async () => {
    const check = await writeImage('one.png', 0);
    writeFileSync(inFolder('labels.txt'), '\uFEFFbackground\r\ncat, pet\r\ndog\r\ncrow bird\r\n');
    const options = {
      ...{ labels: 'labels.txt', size: 8, range: ['0', '1'], mean: ['0.5'], std: ['0.25'], layout: 'nchw' },
      ...{ logits: 'logits', logitsOnly: true, check: [check], resize: 'squash', engine: 'wasm', out: 'told' },
      rename: ['cat=cat, pet'],
    };
    const run = (changes: object = {}) =>
      importTeacherCommand.run?.({ arguments: { file: ONNX }, options: { ...options, ...changes } }, io);
    const result = await run();
    expect(result?.text.join('\n')).toMatch(
      /one\.png +crow bird \d+\.\d % .*\nWrote .*told: onnx, 4 classes.*\n.*logits only/,
    );
    const corrected = await predictCommand.run?.(
      { arguments: { model: 'told', images: ['one.png'] }, options: { top: 1, engine: 'wasm' } },
      io,
    );
    expect(corrected?.text).toEqual([expect.stringContaining('one.png: crow bird')]);
    for (const changes of [{ rename: ['cat'] }, { mean: ['1', '2'] }, { classes: ['a'] }, { range: ['a', 'b'] }]) {
      await expect(run(changes)).rejects.toMatchObject({ code: 'USAGE' });
    }
  });
});

describe('MobileNetV2 of TF.js', () => {
  const NAMES: Readonly<Record<string, string>> = {
    'cassette-player': 'cassette player',
    'chain-saw': 'chain saw, chainsaw',
    church: 'church, church building',
    'english-springer': 'English springer, English springer spaniel',
    'french-horn': '#567',
    'garbage-truck': '#570',
    'gas-pump': '#572',
    'golf-ball': 'golf ball',
    parachute: 'parachute, chute',
    tench: 'tench, Tinca tinca',
  };

  itShared('recognises photographs as one of ten classes, and among a thousand (needs ../shared)', async () => {
    const model = inFolder('mobilenet');
    mkdirSync(model);
    execFileSync('tar', ['-xzf', path.join(SHARED, 'mobilenet-v2-imagenet-tfjs.tar.gz'), '-C', model]);
    const archive = path.join(SHARED, 'imagenette.tar');
    const members = execFileSync('tar', ['-tf', archive], { encoding: 'utf8' }).split('\n');
    const tests = Object.keys(NAMES).flatMap((name) =>
      members.filter((member) => member.startsWith(`imagenette/test/${name}/`) && member.endsWith('.jpg')).slice(0, 2),
    );
    execFileSync('tar', ['-xf', archive, '-C', folder, ...tests]);
    const pictures = inFolder('imagenette/test');
    const labels = readFileSync(path.join(SHARED, 'imagenet_labels.txt'), 'utf8').trimEnd().split('\n');
    const flags: TeacherFlags = {
      ...NOTHING,
      ...{ classes: labels, size: 224, range: [-1, 1], mean: [0, 0, 0], std: [1, 1, 1], layout: 'nhwc' },
      ...{ logits: 'logits', features: 'features', featureMap: 'relu6_63', featureMapLayout: 'nhwc', rename: NAMES },
    };
    const out = inFolder('mobilenet-teacher');
    const job = { file: path.join(model, 'model.json'), out, check: [pictures] };
    await expect(bring({ ...job, flags: { ...flags, logits: 'probs' } })).rejects.toThrow(/probabilities, not logits/);
    // Where there is nothing else, probabilities will do, and their logits are centred.
    const fractions = inFolder('mobilenet-shares');
    const corrected = await bring({
      ...job,
      out: fractions,
      flags: { ...flags, logits: 'probs', probabilities: true },
    });
    expect(corrected.check.accuracy).toBeGreaterThanOrEqual(0.6);
    const { frozen, dispose } = await loadNetwork(fractions);
    const [mean, least] = tf.tidy(() => {
      const { logits } = frozen.outputs(tf.zeros([1, 224, 224, 3]));
      return [tf.mean(logits).dataSync()[0], tf.max(logits).dataSync()[0]] as [number, number];
    });
    expect(Math.abs(mean)).toBeLessThan(1e-4);
    expect(least).toBeGreaterThan(0);
    dispose();
    const { check, notes } = await bring({ ...job, flags });
    expect(check.shapes).toEqual({ logits: [20, 1001], features: [20, 1280], featureMap: [20, 7, 7, 1280] });
    // The features are the mean of the feature map: no note says otherwise.
    expect(notes).toEqual([]);
    expect(check.accuracy).toBeGreaterThanOrEqual(0.6);
    const classes = Object.keys(NAMES);
    const teacher = await loadTeacher(
      await project(classes.map((name) => `{ name: ${name} }`).join(', '), '{ weights: mobilenet-teacher }'),
    );
    const { loadLabelledImages } = await import('../data/load-labelled-images');
    const set = await loadLabelledImages(pictures, classes, {
      ...{ size: 224, resize: 'squash' },
      signal: new AbortController().signal,
    });
    const { accuracy } = await import('@winnow/training');
    expect(accuracy(await predict(teacher.frozen, set, { batch: 10 }), set.labels)).toBeGreaterThanOrEqual(0.9);
    teacher.dispose();
  });
});
