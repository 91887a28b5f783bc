import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { firstRepeat, type SquarePolicy, type TensorLayout, WinnowError } from '@winnow/contracts';
import type { EngineChoice } from '@winnow/tensor';
import type { ClassNames } from '@winnow/training';

/** What a person says of a model file; undefined where its own metadata shall speak. */
export interface TeacherFlags {
  /** Architecture; of safetensors only. */
  readonly model: string | undefined;
  readonly classes: readonly string[] | undefined;
  /** Side of the input, pixels. */
  readonly size: number | undefined;
  readonly range: readonly number[] | undefined;
  readonly mean: readonly number[] | undefined;
  readonly std: readonly number[] | undefined;
  readonly layout: TensorLayout | undefined;
  readonly logits: string | undefined;
  readonly features: string | undefined;
  readonly featureMap: string | undefined;
  readonly featureMapLayout: TensorLayout | undefined;
  /** The output called logits gives probabilities. */
  readonly probabilities: boolean;
  /** The teacher shall have neither features nor a feature map. */
  readonly logitsOnly: boolean;
  readonly rename: ClassNames;
}

/** What a person says of a teacher of names. */
export interface ZeroShotFlags {
  /** Safetensors file with the text embeddings. */
  readonly text: string;
  /** Output of the image tower with the projected embeddings; default: the model's own entry `features`. */
  readonly embedding: string | undefined;
  /** What the network multiplies cosines by; default: the text file's entry `logitScale`. */
  readonly logitScale: number | undefined;
  /** Instead of the fitted one. */
  readonly temperature: number | undefined;
  /** Of the images for the check: whether some may be wrong, as search terms are. */
  readonly labels: 'right' | 'noisy';
}

/** Usual ways to prepare images. */
export type PresetName = 'imagenet' | 'timm' | 'keras' | 'clip';

export interface ImportJob {
  readonly file: string;
  /** Weights file or folder to write. */
  readonly out: string;
  /** Replaces a weights file that is there, also one that was not imported, and writes a network that recognises too little. */
  readonly force: boolean;
  readonly flags: TeacherFlags;
  /** Given: the file is an image tower, and its classes are names. */
  readonly zeroShot?: ZeroShotFlags | undefined;
  /** As the person named it, for commands to copy; default: `file`. */
  readonly shownFile?: string;
  /** Where range, mean, std and resize come from that no flag says. */
  readonly preset?: PresetName | undefined;
  /** Images and folders of images to try it on. */
  readonly check: readonly string[];
  /** How its images become square; default: as the file says, else squash. */
  readonly resize: SquarePolicy | undefined;
  readonly engine: EngineChoice;
}

/** How images are prepared for networks of one origin. */
interface Preset {
  readonly range: readonly [number, number];
  readonly mean: readonly number[];
  readonly std: readonly number[];
  readonly resize: SquarePolicy;
}

/**
 * The usual ways: ImageNet's mean and standard deviation (torchvision, most of timm), a half (timm's Inception-style models and
 * ViTs: their config says mean 0.5), -1 to 1 and stretched (keras.applications in mode "tf", such as MobileNet), and CLIP's.
 */
const PRESETS = {
  imagenet: { range: [0, 1], mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225], resize: 'cover' },
  timm: { range: [0, 1], mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5], resize: 'cover' },
  keras: { range: [-1, 1], mean: [0, 0, 0], std: [1, 1, 1], resize: 'squash' },
  clip: {
    range: [0, 1],
    mean: [0.48145466, 0.4578275, 0.40821073],
    std: [0.26862954, 0.26130258, 0.27577711],
    resize: 'cover',
  },
} as const satisfies Record<PresetName, Preset>;

export const PRESET_NAMES = Object.keys(PRESETS) as PresetName[];

/**
 * The job with a preset's values where no flag says otherwise; what a file says of itself gives way to both.
 * @returns also a note of what was taken, null where nothing was
 */
export function withPreset(job: ImportJob, name: PresetName | undefined): { job: ImportJob; note: string | null } {
  if (name === undefined) return { job, note: null };
  const { resize, ...values } = PRESETS[name];
  const taken = Object.entries(values).filter(([key]) => job.flags[key as keyof TeacherFlags] === undefined);
  const shown = taken.map(([key, numbers]) => `${key} ${numbers.join(',')}`);
  if (job.resize === undefined) shown.push(`resize ${resize}`);
  return {
    job: {
      ...job,
      resize: job.resize ?? resize,
      flags: { ...job.flags, ...(Object.fromEntries(taken) as Partial<TeacherFlags>) },
    },
    note: shown.length === 0 ? null : `Taken from --preset ${name}: ${shown.join('; ')}.`,
  };
}

const MAX_LABEL_BYTES = 64 * 1024 * 1024;

/**
 * A class list from a text file, one name a line.
 * @throws WinnowError FILE_NOT_FOUND; FORMAT_INVALID naming an empty line between names
 */
export async function readClassLabels(file: string): Promise<readonly string[]> {
  const found = await stat(file).catch((cause: unknown) => {
    throw new WinnowError('FILE_NOT_FOUND', 'There is no such label file', {
      where: file,
      next: 'Check the path.',
      cause,
    });
  });
  if (!found.isFile() || found.size > MAX_LABEL_BYTES) {
    throw new WinnowError('FORMAT_INVALID', `The labels are not a text file of at most ${MAX_LABEL_BYTES} bytes`, {
      where: file,
      next: 'Write one name a line.',
    });
  }
  const text = await readFile(file, 'utf8');
  const lines = text
    .replace(/^\uFEFF/, '')
    .trimEnd()
    .split('\n')
    .map((line) => line.trim());
  const empty = lines.indexOf('');
  if (empty === -1) return lines;
  throw new WinnowError('FORMAT_INVALID', `Line ${empty + 1} of the labels is empty`, {
    where: file,
    next: 'Name every output; the first line is output 0.',
  });
}

/** `OURS=THEIRS`, each once. @throws WinnowError USAGE */
export function readRenames(texts: readonly string[]): ClassNames {
  const pairs = texts.map((text) => {
    const at = text.indexOf('=');
    const [ours, theirs] = [text.slice(0, Math.max(at, 0)).trim(), text.slice(at + 1).trim()];
    if (at > 0 && ours !== '' && theirs !== '') return [ours, theirs] as const;
    throw new WinnowError('USAGE', `"${text.slice(0, 100)}" is not OURS=THEIRS`, {
      where: '--rename',
      next: 'Write our class, an equals sign, and its name or #NUMBER at the teacher.',
    });
  });
  const double = firstRepeat(pairs.map(([ours]) => ours));
  if (double === undefined) return Object.fromEntries(pairs);
  throw new WinnowError('USAGE', `${double} is renamed twice`, { where: '--rename', next: 'Keep one of them.' });
}

const READABLE = ['.safetensors', '.onnx', '.json'];
const TO_TFJS = 'Convert it with tensorflowjs_converter and name the model.json, or export it as ONNX.';
const TO_SAFETENSORS =
  'Such files run code when they are read. Save the weights with safetensors.torch.save_file, or export with torch.onnx.export.';

/** What to do with files that winnow does not read. */
const ADVICE: Readonly<Record<string, string>> = {
  '.bin': TO_SAFETENSORS,
  '.ckpt': TO_SAFETENSORS,
  '.h5': TO_TFJS,
  '.keras': TO_TFJS,
  '.pb': TO_TFJS,
  '.pkl': TO_SAFETENSORS,
  '.pt': TO_SAFETENSORS,
  '.pth': TO_SAFETENSORS,
  '.tflite': TO_TFJS,
};

/**
 * The file that a path means: itself, or the model.json in a folder.
 * @throws WinnowError FILE_NOT_FOUND; FORMAT_INVALID for a kind that is not read, with a way to convert it
 */
export async function requireTeacherFile(file: string): Promise<string> {
  const found = await stat(file).catch((cause: unknown) => {
    throw new WinnowError('FILE_NOT_FOUND', 'There is no such model', { where: file, next: 'Check the path.', cause });
  });
  if (found.isDirectory()) return requireTeacherFile(path.join(file, 'model.json'));
  const ending = path.extname(file).toLowerCase();
  if (READABLE.includes(ending)) return file;
  throw new WinnowError('FORMAT_INVALID', `winnow does not read ${ending || 'files without an ending'} as a teacher`, {
    where: file,
    next: ADVICE[ending] ?? `It reads ${READABLE.join(', ')} (TF.js: model.json).`,
  });
}
