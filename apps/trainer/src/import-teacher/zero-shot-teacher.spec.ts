import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadProject } from '@winnow/config';
import type { CommandIo, CommandResult, ImageSet } from '@winnow/contracts';
import { createModel, decodeSafetensors, encodeOnnx, encodeSafetensors, recordGraph } from '@winnow/models';
import { accuracy, METHODS, normalisePixels, predict, train } from '@winnow/training';
import { importTeacherCommand } from '../commands/import-teacher';
import { loadLabelledImages } from '../data/load-labelled-images';
import { loadNetwork, loadNativeNetwork, loadTeacher } from '../teacher/load-teacher';
import { requireFittingTeacher } from '../teacher/require-fitting-teacher';

const DEMO = path.resolve(__dirname, '../../../../examples/demo');
const SIDE = 32;

let folder: string;
let io: CommandIo;
let classes: readonly string[];
/** Rows of the demo teacher's classifier, which serve as text embeddings: [classes, dim]. */
let rows: Float32Array;
let dim: number;
/** Temperature by the right labels of `calibration`, once it is known. */
let fitted: number | undefined;
const inFolder = (name: string): string => path.join(folder, name);

/** `images` per class of the demo's test set, from the given one on, as a folder per class. */
function extract(name: string, from: number, images: number): void {
  const members = execFileSync('tar', ['-tf', path.join(DEMO, 'test.tar')], { encoding: 'utf8' }).split('\n');
  const chosen = classes.flatMap((own) =>
    members.filter((member) => member.startsWith(`${own}/`) && member.endsWith('.png')).slice(from, from + images),
  );
  mkdirSync(inFolder(name));
  execFileSync('tar', ['-xf', path.join(DEMO, 'test.tar'), '-C', inFolder(name), ...chosen]);
}

const writeText = (
  name: string,
  changes: { values?: Float32Array; dim?: number; metadata?: Record<string, string> } = {},
): string => {
  const { values = rows, dim: width = dim } = changes;
  const metadata = { classes: JSON.stringify(classes), logitScale: '100', ...changes.metadata };
  const tensors = new Map([['text', { shape: [values.length / width, width], data: values }]]);
  writeFileSync(inFolder(name), encodeSafetensors(tensors, metadata));
  return name;
};

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'winnow-zero-shot-'));
  const progress = { start: () => ({ update: () => undefined, end: () => undefined }) };
  io = { cwd: folder, env: {}, signal: new AbortController().signal, log: () => undefined, progress };
  const { startTensorEngine } = await import('../start-tensor-engine');
  await startTensorEngine('wasm', io);
  const own = await loadNativeNetwork(path.join(DEMO, 'teacher/teacher.safetensors'));
  const { model, name, input } = own;
  classes = own.classes;
  const graph = recordGraph(model, { input, raw: false });
  writeFileSync(inFolder('image.onnx'), encodeOnnx(graph, { model: name, classes, input, version: '0' }));
  const weight = decodeSafetensors(own.bytes).tensors.get(`${model.classifierName}.weight`);
  dim = weight?.shape[1] as number;
  rows = weight?.data as Float32Array;
  model.dispose();
  extract('calibration', 0, 25);
  extract('other', 25, 40);
  extract('few', 0, 3);
  writeText('text.safetensors');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const bring = async (changes: Record<string, unknown> = {}, file = 'image.onnx'): Promise<CommandResult> => {
  const options = { zeroShot: 'text.safetensors', out: 'teacher', engine: 'wasm', resize: 'squash', ...changes };
  return (await importTeacherCommand.run?.({ arguments: { file }, options }, io)) as CommandResult;
};
const images = (name: string): Promise<ImageSet> =>
  loadLabelledImages(inFolder(name), classes, { size: SIDE, resize: 'squash', signal: io.signal });
const manifest = (): { zeroShot: Record<string, unknown>; files: { name: string }[] } =>
  JSON.parse(readFileSync(inFolder('teacher/teacher.json'), 'utf8')) as never;
const project = (own: readonly string[], train = '{ method: winnow }') => {
  const names = own.map((name) => `{ name: ${name} }`).join(', ');
  writeFileSync(
    inFolder('p.yaml'),
    `name: p\nclasses: [${names}]\nbuild: { size: ${SIDE} }\ntrain: ${train}\nteacher: { weights: teacher }\n`,
  );
  return loadProject('p.yaml', { cwd: folder, env: {} });
};

/** Cosines of each image with each name, from the features of the demo's own teacher, [count, classes]. */
async function naiveCosines(set: ImageSet): Promise<number[][]> {
  const own = await loadNetwork(path.join(DEMO, 'teacher/teacher.safetensors'));
  const { features } = await predict(own.frozen, set);
  own.dispose();
  const unit = (values: Float32Array): number[] => [...values].map((value) => value / Math.hypot(...values));
  const names = classes.map((_, name) => unit(rows.subarray(name * dim, (name + 1) * dim)));
  return Array.from({ length: set.count }, (_, row) => {
    const image = unit(features.subarray(row * dim, (row + 1) * dim));
    return names.map((name) => image.reduce((sum, value, at) => sum + value * (name[at] as number), 0));
  });
}

describe('a teacher of names', () => {
  it('answers as the cosine classifier does, when it is imported and when it is read again', async () => {
    const { text } = await bring({ temperature: 1 });
    expect(text.join('\n')).toMatch(/Wrote .*teacher: zero-shot onnx, 8 classes, input 32 px, 64 features/);
    expect(manifest().zeroShot).toEqual({ logitScale: 100, temperature: 1, calibration: null });
    expect(manifest().files.map(({ name }) => name)).toEqual(['model.onnx', 'text.safetensors']);
    const set = await images('other');
    const cosines = await naiveCosines(set);
    const network = await loadNetwork(inFolder('teacher'));
    const { logits, features, featureDim } = await predict(network.frozen, set);
    expect(featureDim).toBe(dim);
    cosines.forEach((row, image) => {
      const mean = row.reduce((sum, value) => sum + value, 0) / row.length;
      row.forEach((cosine, name) => expect(logits[image * 8 + name]).toBeCloseTo(100 * (cosine - mean), 2));
      expect(Math.hypot(...features.subarray(image * dim, (image + 1) * dim))).toBeCloseTo(1, 4);
    });
    const naive = cosines.filter((row, image) => row.indexOf(Math.max(...row)) === set.labels[image]).length;
    expect(accuracy({ logits, classCount: 8, count: set.count }, set.labels)).toBe(naive / set.count);
    expect(naive / set.count).toBeGreaterThan(0.85);
    network.dispose();
  });

  it('fits its temperature to labelled images, so that its confidence is its accuracy on others', async () => {
    const { json, text } = await bring({ check: ['calibration'] });
    expect(text.join('\n')).toMatch(/Calibrated on 200 labelled images: temperature [\d.]+; 9\d\.\d % of them/);
    expect((json as { check: { accuracy: number } }).check.accuracy).toBeGreaterThan(0.85);
    const { temperature, calibration } = manifest().zeroShot;
    expect(calibration).toEqual({ images: 200, labels: 'right' });
    expect(temperature).not.toBe(1);
    fitted = temperature as number;
    const set = await images('other');
    const network = await loadNetwork(inFolder('teacher'));
    const { logits } = await predict(network.frozen, set);
    const right = accuracy({ logits, classCount: 8, count: set.count }, set.labels);
    const confidence = (scale: number): number => {
      let sum = 0;
      for (let image = 0; image < set.count; image += 1) {
        const own = [...logits.subarray(image * 8, image * 8 + 8)].map((value) => value * scale);
        const top = Math.max(...own);
        sum += 1 / own.reduce((mass, value) => mass + Math.exp(value - top), 0);
      }
      return sum / set.count;
    };
    expect(Math.abs(confidence(1) - right)).toBeLessThan(0.04);
    // What it would be at the scale as it was trained.
    expect(Math.abs(confidence(temperature as number) - right)).toBeGreaterThan(Math.abs(confidence(1) - right));
    network.dispose();
  });

  it('takes noisy labels for a bound: its confidence lies between their agreement and 1', async () => {
    const fit = async (check: string, noisyLabels: boolean) => {
      const { text } = await bring({ check: [check], noisyLabels });
      const { temperature, calibration } = manifest().zeroShot;
      return { temperature: temperature as number, calibration, text: text.join('\n') };
    };
    // Every fourth image lies in the folder of the next class.
    classes.forEach((name, index) => {
      const next = classes[(index + 1) % classes.length] as string;
      readdirSync(inFolder(`calibration/${name}`)).forEach((file, at) => {
        const folderOf = inFolder(`noisy/${at % 4 === 0 ? next : name}`);
        mkdirSync(folderOf, { recursive: true });
        copyFileSync(inFolder(`calibration/${name}/${file}`), path.join(folderOf, file));
      });
    });
    fitted ??= (await fit('calibration', false)).temperature;
    const [noisy, asRight] = [await fit('noisy', true), await fit('noisy', false)];
    expect(asRight.calibration).toEqual({ images: 200, labels: 'right' });
    expect(noisy.calibration).toEqual({ images: 200, labels: 'noisy' });
    expect(noisy.temperature).toBeGreaterThan(fitted);
    // Wrong labels that pass for right ones make it far too high.
    expect(asRight.temperature).toBeGreaterThan(1.5 * noisy.temperature);
    expect(noisy.text).toMatch(/6\d\.\d % agree with its label, the mean confidence went from 99\.\d % to 8\d\.\d %/);
  });

  it('says that nobody calibrated it where few images have labels, and takes a temperature from a person', async () => {
    expect((await bring()).text.join('\n')).toMatch(/Not calibrated: .* --check with 20 or more images/);
    expect(manifest().zeroShot).toEqual({ logitScale: 100, temperature: 1, calibration: null });
    const { text } = await bring({ temperature: 2.5, logitScale: 4.6, check: ['calibration'] });
    expect(text.join('\n')).toContain("A logit scale of 4.6 is lower than any in use: CLIP's parameter logit_scale");
    expect(text.join('\n')).not.toContain('alibrated');
    expect(manifest().zeroShot).toEqual({ logitScale: 4.6, temperature: 2.5, calibration: null });
  });

  it('teaches a student some of a project’s classes, names beyond them left out', async () => {
    await bring({ check: ['calibration'] });
    const own = ['bag', 'sneaker', 'trouser'];
    const teacher = await loadTeacher(await project(own));
    const all = await images('calibration');
    const kept = [...all.labels.keys()].filter((row) => own.includes(classes[all.labels[row] as number] as string));
    const length = SIDE * SIDE * 3;
    const pixels = new Uint8Array(kept.length * length);
    kept.forEach((row, at) => pixels.set(all.pixels.subarray(row * length, (row + 1) * length), at * length));
    const labels = Int32Array.from(kept, (row) => own.indexOf(classes[all.labels[row] as number] as string));
    const set = { ...all, count: kept.length, keys: kept.map((row) => all.keys[row] as string), pixels, labels, classes: own }; // prettier-ignore
    expect(accuracy(await predict(teacher.frozen, set), labels)).toBeGreaterThan(0.95);
    const model = createModel('resnet8', { classCount: 3, seed: 1 });
    const learn = { epochs: 4, batch: 15, seed: 1, learningRate: 0.05 };
    const { metrics } = await train({
      method: METHODS.kd,
      data: { images: set, split: null },
      teacher: teacher.frozen,
      student: { model, input: teacher.input },
      options: learn,
    });
    const losses = metrics.map(({ loss }) => loss);
    expect(losses.at(-1)).toBeLessThan((losses[0] as number) * 0.8);
    model.dispose();
    teacher.dispose();
  });

  it('is refused for methods that need a feature map, before anything runs', async () => {
    await bring({ temperature: 1 });
    await expect(requireFittingTeacher(await project(classes, '{ method: modul }'))).rejects.toMatchObject({
      code: 'TEACHER_MISMATCH',
      message: expect.stringContaining('modul needs feature maps') as string,
    });
    const fits = await requireFittingTeacher(await project(classes));
    expect(fits).toMatchObject({ classCount: 8, size: SIDE });
  });

  it('refuses texts that do not fit, and writes nothing', async () => {
    const narrow = writeText('narrow.safetensors', { values: rows.subarray(0, 8 * 4), dim: 4 });
    const broken = writeText('broken.safetensors', { values: rows.map((value, at) => (at === 70 ? NaN : value)) });
    const mixed = writeText('mixed.safetensors', {
      metadata: { classes: JSON.stringify([...classes].reverse().map((name, at) => (at < 4 ? name : `not ${name}`))) },
    });
    const out = 'refused';
    for (const [changes, message] of [
      [{ zeroShot: narrow }, new RegExp(`Image embeddings have ${dim} numbers, text embeddings 4`)],
      [{ zeroShot: broken }, /template 1 of "trouser" is not made of finite numbers/],
      [{ zeroShot: 'none.safetensors' }, /cannot be read/],
      [{ embedding: 'embeddings' }, /no output embeddings/],
      [{ zeroShot: mixed, check: ['few'] }, /does not know the classes/],
      [{ check: ['few'], rename: ['bag=sneaker', 'sneaker=bag', 'coat=dress', 'dress=coat', 't-shirt=trouser', 'trouser=pullover', 'pullover=ankle boot', 'ankle boot=t-shirt'] }, /recognises/], // prettier-ignore
    ] as const) {
      await expect(bring({ ...changes, out })).rejects.toThrow(message);
    }
    expect(existsSync(inFolder(out))).toBe(false);
  });

  it('asks for what nobody says, and refuses flags of no use', async () => {
    const { tensors } = decodeSafetensors(readFileSync(inFolder('text.safetensors')));
    writeFileSync(
      inFolder('bare.safetensors'),
      encodeSafetensors(tensors as never, { classes: JSON.stringify(classes) }),
    );
    await expect(bring({ zeroShot: 'bare.safetensors' })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      lines: [expect.stringMatching(/^--logit-scale NUMBER .*CLIP: 100/)],
    });
    for (const changes of [{ logits: 'logits' }, { logitsOnly: true }, { zeroShot: undefined, embedding: 'x' }]) {
      await expect(bring(changes)).rejects.toMatchObject({ code: 'USAGE' });
    }
    await expect(bring({}, path.join(DEMO, 'teacher/teacher.safetensors'))).rejects.toMatchObject({ code: 'USAGE' });
  });

  it('is refused where its texts were changed after the import', async () => {
    await bring({ temperature: 1 });
    const bytes = readFileSync(inFolder('teacher/text.safetensors'));
    bytes[bytes.length - 1] = (bytes.at(-1) as number) ^ 1;
    writeFileSync(inFolder('teacher/text.safetensors'), bytes);
    await expect(loadNetwork(inFolder('teacher'))).rejects.toMatchObject({
      code: 'DATA_CORRUPT',
      message: expect.stringContaining('text.safetensors') as string,
    });
    rmSync(inFolder('teacher/text.safetensors'));
    await expect(loadNetwork(inFolder('teacher'))).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
    await bring({ temperature: 1 });
    expect(normalisePixels(new Uint8Array(3), (await loadNetwork(inFolder('teacher'))).input)).toHaveLength(3);
  });
});
