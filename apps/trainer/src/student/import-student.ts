import { realpath, stat } from 'node:fs/promises';
import {
  type CommandIo,
  type InputSpec,
  inputSpecSchema,
  MODEL_NAMES,
  type SquarePolicy,
  WinnowError,
} from '@winnow/contracts';
import {
  type AdoptedModel,
  adoptExternal,
  architectureNamed,
  type ExternalHints,
  readExternalSource,
  saveWeights,
  unfoldNorms,
} from '@winnow/models';
import type { EngineChoice, tf } from '@winnow/tensor';
import { requireTeacherFile } from '../import-teacher/import-job';
import { checkInput, type CheckImages, loadCheckImages } from '../data/check-images';
import { requireModelName } from '../require-model-name';
import { startTensorEngine } from '../start-tensor-engine';
import { writeWeights } from '../teacher/weights-file';

/** What a person asks of an import. */
export interface ImportStudentJob {
  readonly file: string;
  /** Weights file to write. */
  readonly out: string;
  readonly force: boolean;
  /** Architecture; default: the one that fits. */
  readonly model: string | undefined;
  /** Images and folders of images for statistics, where batch normalisation was folded. */
  readonly images: readonly string[];
  readonly size: number | undefined;
  readonly range: readonly number[] | undefined;
  readonly mean: readonly number[] | undefined;
  readonly std: readonly number[] | undefined;
  readonly resize: SquarePolicy;
  readonly engine: EngineChoice;
}

export interface ImportedStudent {
  readonly out: string;
  readonly model: string;
  readonly parameters: number;
  /** Normalisations that were folded and are real again. */
  readonly unfolded: number;
  /** Images that their statistics are of. */
  readonly images: number;
  /** Null where nobody says it. */
  readonly input: InputSpec | null;
  readonly notes: readonly string[];
}

/** Statistics hardly change beyond. */
const MAX_IMAGES = 512;
const IMAGES_AT_ONCE = 16;

/**
 * Makes a weights file for `student.weights` of a graph of one of our architectures: ONNX, or a LayersModel of TF.js.
 * @throws WinnowError FORMAT_INVALID for a graph of none of them; MISSING_INPUT where images are needed, CONFIG_INVALID
 *   where nobody says how their pixels are normalised; FILE_NOT_WRITABLE for a file that is there
 */
export async function importStudent(job: ImportStudentJob, io: CommandIo): Promise<ImportedStudent> {
  const file = await requireTeacherFile(job.file);
  if (file.endsWith('.safetensors')) {
    throw new WinnowError('USAGE', 'This is a safetensors file already', {
      where: job.file,
      next: 'Name it in the project: student: { weights: FILE }.',
    });
  }
  await requireFree(job, file);
  const named = job.model === undefined ? undefined : requireModelName(job.model, { code: 'USAGE', where: '--model' });
  await startTensorEngine(job.engine, io);
  const { kind, files, hints } = await readExternalSource(file);
  const adopted = adoptExternal({ kind, files }, { where: file, named: MODEL_NAMES.find((name) => name === named) });
  const { model, folded, hasClassifier } = adopted;
  try {
    const input = inputOf(job, adopted, hints);
    const images = folded.length === 0 ? null : await statisticsImages(job, input);
    if (images !== null) unfoldNorms(model, folded, batchesOf(images, input as InputSpec));
    const classes = hints.classes?.length === model.classCount ? hints.classes : null;
    const header = {
      model: model.name,
      ...(input !== null && { input: JSON.stringify(input) }),
      ...(classes !== null && { classes: JSON.stringify(classes) }),
    };
    await writeWeights(job.out, saveWeights(model, header));
    return {
      out: job.out,
      model: model.name,
      parameters: model.parameterCount,
      unfolded: folded.length,
      images: images?.count ?? 0,
      input,
      notes: [
        ...(hasClassifier ? [] : ['It has no classifier; a student gets its own.']),
        ...(input === null ? ['How its pixels were normalised is not known: set student.input in the project.'] : []),
        ...(kind === 'onnx' ? [] : [PADDING_NOTE]),
      ],
    };
  } finally {
    model.dispose();
  }
}

const PADDING_NOTE =
  'TensorFlow pads at stride 2 after the image only, winnow on both sides: what it answers as it is may be some points worse, until it is trained.';

async function requireFree({ out, force }: ImportStudentJob, source: string): Promise<void> {
  if ((await stat(out).catch(() => null)) === null) return;
  const isSource = (await realpath(out)) === (await realpath(source));
  if (force && !isSource) return;
  throw new WinnowError('FILE_NOT_WRITABLE', 'A file is there already', {
    where: out,
    next: isSource ? 'Name another file with --out.' : 'Name another file with --out, or replace it with --force.',
  });
}

/** From flags, else from the file itself; the size of the architecture where neither says it. */
function inputOf(
  { size, range, mean, std }: ImportStudentJob,
  { model }: AdoptedModel,
  { input: said }: Pick<ExternalHints, 'input'>,
): InputSpec | null {
  const parts = {
    size: size ?? said?.size ?? architectureNamed(model.name as 'resnet8').imageSize,
    range: range ?? said?.range,
    mean: mean ?? said?.mean,
    std: std ?? said?.std,
  };
  if (parts.range === undefined && parts.mean === undefined && parts.std === undefined) return null;
  const input = inputSpecSchema.safeParse({ mean: [0, 0, 0], std: [1, 1, 1], ...defined(parts) });
  if (input.success) return input.data;
  throw new WinnowError('USAGE', `The input is not valid: ${input.error.issues[0]?.message}`, {
    where: '--size, --range, --mean, --std',
    next: 'Give --range LOW,HIGH, and --mean and --std as three numbers or one.',
  });
}

function defined(parts: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined));
}

async function statisticsImages(
  { images, resize, file }: ImportStudentJob,
  input: InputSpec | null,
): Promise<CheckImages> {
  if (images.length === 0) {
    throw new WinnowError('MISSING_INPUT', 'Batch normalisation was folded into the convolutions of this network', {
      where: file,
      next: 'Name some hundred images, so that it becomes a real one again: --images FOLDER.',
    });
  }
  if (input === null) {
    throw new WinnowError('CONFIG_INVALID', 'The file does not say how its pixels are normalised', {
      where: file,
      next: 'Give --range LOW,HIGH (and --mean, --std where it has them).',
    });
  }
  return loadCheckImages(images, { size: input.size, resize, maxCount: MAX_IMAGES });
}

function batchesOf(images: CheckImages, input: InputSpec): readonly (() => tf.Tensor4D)[] {
  return Array.from({ length: Math.ceil(images.count / IMAGES_AT_ONCE) }, (_, at) => () => {
    const from = at * IMAGES_AT_ONCE;
    return checkInput(images, { from, count: Math.min(IMAGES_AT_ONCE, images.count - from) }, input);
  });
}
