import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { ProjectConfig } from '@winnow/config';
import { WinnowError } from '@winnow/contracts';
import type { InputSpec } from '@winnow/contracts';
import { createModel, isModelName, loadWeights, MODEL_NAMES, readWeightsMetadata } from '@winnow/models';
import type { Model } from '@winnow/models';
import { freezeModel, mapTeacher } from '@winnow/training';
import type { FrozenTeacher } from '@winnow/training';

/** A network read from a weights file. */
export interface LoadedNetwork {
  readonly model: Model;
  readonly classes: readonly string[];
  readonly input: InputSpec;
  /** sha256 of the file and of what was said of it, hex. */
  readonly digest: string;
}

/** What the person says of a weights file; each thing wins over the file's own metadata. */
export interface NetworkDescription {
  readonly model?: string | undefined;
  readonly classes?: readonly string[] | undefined;
  readonly input?: InputSpec | undefined;
}

/** The frozen teacher, its logits in the order of the project's classes. */
export interface LoadedTeacher extends LoadedNetwork {
  readonly frozen: FrozenTeacher;
}

/**
 * Reads a safetensors file; architecture, classes and input come from the description or the file, never from a guess.
 * @throws WinnowError FILE_NOT_FOUND, FORMAT_INVALID, CONFIG_INVALID when something about it is not known
 */
export async function loadNetwork(file: string, description: NetworkDescription = {}): Promise<LoadedNetwork> {
  const bytes = await readWeightsFile(file);
  const metadata = readWeightsMetadata(bytes, file);
  const name = need(description.model ?? metadata.model, 'model', file);
  const classes = need(description.classes ?? metadata.classes, 'classes', file);
  const input = need(description.input ?? metadata.input, 'input', file);
  if (!isModelName(name)) {
    throw new WinnowError('CONFIG_INVALID', `winnow does not know the architecture "${name}"`, {
      where: file,
      next: `It knows ${MODEL_NAMES.join(', ')}.`,
    });
  }
  const model = createModel(name, { classCount: classes.length, seed: 0 });
  loadWeights(model, bytes, { where: file });
  return { model, classes, input, digest: digestNetwork(bytes, { model: name, classes, input }) };
}

/** The project's teacher. @throws WinnowError as loadNetwork, and TEACHER_MISMATCH when it lacks a class */
export async function loadTeacher(config: ProjectConfig): Promise<LoadedTeacher> {
  const settings = config.teacher;
  if (settings === undefined) {
    throw new WinnowError('CONFIG_INVALID', 'The project names no teacher', {
      where: `${config.paths.file}, key teacher`,
      next: 'Add `teacher: { weights: FILE.safetensors }`.',
    });
  }
  const network = await loadNetwork(path.resolve(config.paths.root, settings.weights), {
    model: settings.model,
    classes: settings.classes,
    input: settings.input as InputSpec | undefined,
  });
  const names = config.classes.map(({ name }) => name);
  return { ...network, frozen: mapTeacher(freezeModel(network.model, network.input), network.classes, names) };
}

/** Covers what the person said of the file too: other classes or another normalisation make another network. */
function digestNetwork(bytes: Uint8Array, description: Required<NetworkDescription>): string {
  const { model, classes, input } = description;
  const { size, range, mean, std } = input as InputSpec;
  const described = JSON.stringify([model, classes, size, range, mean, std]);
  return createHash('sha256').update(bytes).update(described).digest('hex');
}

async function readWeightsFile(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new WinnowError('FILE_NOT_FOUND', 'The weights file cannot be read', {
      where: file,
      next: 'Check the path.',
      cause: error,
    });
  }
}

function need<T>(value: T | null | undefined, what: 'model' | 'classes' | 'input', file: string): T {
  if (value !== null && value !== undefined) return value;
  throw new WinnowError('CONFIG_INVALID', `The weights file does not say its ${what}, and nobody else does`, {
    where: file,
    next: `Give it in the project file: teacher.${what}.`,
  });
}
