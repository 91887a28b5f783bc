import { readFile } from 'node:fs/promises';
import { type CommandIo, type InputSpec, requireUninterrupted, squareAsLearnt, WinnowError } from '@winnow/contracts';
import {
  adoptSafetensors,
  type ExternalHints,
  loadWeights,
  MODEL_NAMES,
  outlineModel,
  readExternalSource,
  readWeightsMetadata,
  saveWeights,
  weightsMetadata,
} from '@winnow/models';
import { classColumns, type ClassNames, externalFrozen, foldModel } from '@winnow/training';
import { loadCheckImages, randomImages } from '../data/check-images';
import { requireModelName } from '../require-model-name';
import { startTensorEngine } from '../start-tensor-engine';
import { writeWeights } from '../teacher/weights-file';
import { importCommandLine, knownFlags } from './import-command-line';
import { type Candidate, type CheckReport, checkTeacher } from './check-teacher';
import { completeContract, completeExternalContract, missingError } from './teacher-contract';
import { type ImportJob, requireTeacherFile, type TeacherFlags, withPreset } from './import-job';
import { IMPORTED, requireReplaceable, writeTeacherFolder } from './write-teacher';
import { type Inspection, inspectTeacher } from './inspect-teacher';
import { readZeroShot } from './zero-shot-teacher';

/** All are held decoded: 77 MB at 224 pixels. */
const MAX_CALIBRATION_IMAGES = 512;

/** A teacher that was read, tried and written. */
export interface ImportedTeacher {
  readonly out: string;
  /** `safetensors resnet18`, `onnx`, `tfjs-layers` or `tfjs-graph`. */
  readonly kind: string;
  readonly classCount: number;
  readonly input: InputSpec;
  readonly check: CheckReport;
  /** False where only noise was tried. */
  readonly isChecked: boolean;
  readonly notes: readonly string[];
}

type Hints = Pick<
  ExternalHints,
  'classes' | 'input' | 'layout' | 'logits' | 'features' | 'featureMap' | 'featureMapLayout'
>;

/**
 * Makes a teacher for a project file out of a model file: safetensors of a known architecture become one weights file,
 * ONNX and TF.js models a folder. Nothing is written unless the network passes its check.
 * @throws WinnowError CONFIG_INVALID naming all that is not known; TEACHER_MISMATCH where the network is not what was
 *   said; FILE_NOT_FOUND, FORMAT_INVALID, FILE_NOT_WRITABLE
 */
export async function importTeacher(asked: ImportJob, io: CommandIo): Promise<ImportedTeacher> {
  const { job, note } = withPreset(asked, asked.preset);
  const file = await requireTeacherFile(job.file);
  await startTensorEngine(job.engine, io);
  // From here on the main thread may wait for the network without a turn for handlers.
  requireUninterrupted(io.signal, 'The import was stopped');
  const read = await readCandidate(file, job);
  const { frozen, classes, input, rename } = read;
  try {
    classColumns(classes, Object.keys(rename), rename);
    const isChecked = job.check.length > 0;
    const { size } = input;
    const square = { size, resize: squareAsLearnt(undefined, read.resize) };
    const images = isChecked ? await loadCheckImages(job.check, square) : randomImages(size);
    const more = { ...square, maxCount: MAX_CALIBRATION_IMAGES };
    const candidate = read.calibrate?.(isChecked ? await loadCheckImages(job.check, more) : images) ?? read;
    const { force, flags } = job;
    const check = checkTeacher({ ...candidate, saysProbabilities: flags.probabilities, where: file, force }, images);
    await candidate.write();
    const notes = [...(note === null ? [] : [note]), ...candidate.notes, ...check.notes];
    return { out: job.out, kind: candidate.kind, classCount: classes.length, input, check, isChecked, notes };
  } finally {
    frozen.dispose();
  }
}

async function readCandidate(file: string, job: ImportJob): Promise<Candidate> {
  if (job.zeroShot !== undefined) return readZeroShot(file, job, job.zeroShot);
  return file.endsWith('.safetensors') ? readOurs(file, job) : readExternal(file, job);
}

async function readOurs(file: string, job: ImportJob): Promise<Candidate> {
  const { flags, out, resize: asked } = job;
  requireNoExternalFlags(flags);
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw new WinnowError('FORMAT_INVALID', 'The weights file cannot be read', {
      where: file,
      next: 'Check that it is readable and below 2 GB.',
      cause,
    });
  });
  const metadata = readWeightsMetadata(bytes, file);
  const hints = {
    ...(metadata.classes === null ? {} : { classes: metadata.classes }),
    ...(metadata.input === null ? {} : { input: metadata.input }),
  };
  const name = flags.model ?? metadata.model ?? undefined;
  const extra = name === undefined ? [{ what: 'its architecture', flag: `--model ${MODEL_NAMES.join('|')}` }] : [];
  const completed = completeContract(flags, hints, { file, extra });
  if ('missing' in completed) throw missingError(completed.missing, file, commandOf(job, hints, null));
  const { classes, input } = completed.contract;
  const modelName = requireModelName(name as string, {
    code: 'CONFIG_INVALID',
    where: file,
    otherwise: 'Others come in as ONNX.',
  });
  const model = outlineModel(modelName, classes.length);
  try {
    const adopted = adoptSafetensors(model, bytes, file);
    loadWeights(model, adopted.bytes, { where: file });
    const named = renamed(classes, flags.rename);
    const folded = foldModel(model, input);
    const resize = asked ?? metadata.raw['resize'];
    const known = { model: modelName, classes: named, input, ...(resize !== undefined && { resize }) };
    const about = { ...weightsMetadata(known), [IMPORTED]: 'safetensors' };
    return {
      kind: `safetensors ${modelName}`,
      classes: named,
      input,
      frozen: {
        ...folded,
        dispose: () => {
          folded.dispose();
          model.dispose();
        },
      },
      hasFeatureMap: true,
      rename: {},
      resize,
      notes: adopted.notes,
      write: async () => {
        await requireReplaceable(job, file);
        await writeWeights(out, saveWeights(model, about));
      },
    };
  } catch (error) {
    model.dispose();
    throw error;
  }
}

/** The command to copy. */
function commandOf({ flags, shownFile, file, preset }: ImportJob, hints: Hints, found: Inspection | null): string {
  const { input, ...rest } = hints;
  const known = knownFlags(flags, { ...input, ...rest }, found);
  return importCommandLine(shownFile ?? file, { ...known, preset });
}

async function readExternal(file: string, job: ImportJob): Promise<Candidate> {
  const { flags, out, resize: asked } = job;
  const source = await readExternalSource(file);
  const { kind, hints, files, notes } = source;
  const completed = completeExternalContract(source, flags, file);
  if ('missing' in completed) {
    throw missingError(completed.missing, file, commandOf(job, hints, await inspectTeacher(source, flags)));
  }
  const { classes, input, foreign: external } = completed.contract;
  const frozen = externalFrozen(await source.open(external, input.size), input);
  const { rename } = flags;
  const resize = asked ?? hints.resize;
  const about = { ...external, classes: [...classes], rename, input, ...(resize !== undefined && { resize }) };
  return {
    kind,
    classes,
    input,
    frozen,
    hasFeatureMap: external.featureMap !== null,
    rename,
    resize,
    notes,
    write: () => writeTeacherFolder(out, about, files),
  };
}

/** One weights file has room for one list of names, so ours take the place of theirs. */
function renamed(classes: readonly string[], rename: ClassNames): readonly string[] {
  const ours = Object.keys(rename);
  const columns = classColumns(classes, ours, rename);
  const named = classes.map((name, column) => ours[columns.indexOf(column)] ?? name);
  const double = ours.find((name) => named.indexOf(name) !== named.lastIndexOf(name));
  if (double === undefined) return named;
  throw new WinnowError('TEACHER_MISMATCH', `Another output of the teacher is called ${double} already`, {
    where: '--rename',
    next: 'Choose another name for the class of the project.',
  });
}

/** Our architectures have one way to be asked: a flag that says otherwise would be ignored. */
function requireNoExternalFlags(flags: TeacherFlags): void {
  const { layout, logits, features, featureMap, featureMapLayout, probabilities, logitsOnly } = flags;
  const given = Object.entries({
    '--layout': layout,
    '--logits': logits,
    '--features': features,
    '--feature-map': featureMap,
    '--feature-map-layout': featureMapLayout,
    '--probabilities': probabilities || undefined,
    '--logits-only': logitsOnly || undefined,
  }).flatMap(([flag, value]) => (value === undefined ? [] : [flag]));
  if (given.length === 0) return;
  throw new WinnowError('USAGE', `${given.join(', ')}: of no use for safetensors of a known architecture`, {
    where: given[0] as string,
    next: 'Leave them out.',
  });
}
