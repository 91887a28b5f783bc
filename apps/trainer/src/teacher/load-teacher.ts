import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { ProjectConfig } from '@winnow/config';
import { WinnowError } from '@winnow/contracts';
import type { CommandIo, InputSpec } from '@winnow/contracts';
import {
  loadWeights,
  openExternalTeacher,
  outlineModel,
  readTeacherManifest,
  readWeightsMetadata,
  TEACHER_FILE,
} from '@winnow/models';
import type { Model, ModelName } from '@winnow/models';
import { centreLogits, classSynonyms, describeSynonyms, foldModel, externalFrozen, mapTeacher } from '@winnow/training';
import type { ClassNames, FrozenNetwork, FrozenTeacher } from '@winnow/training';
import { requireModelName } from '../require-model-name';
import { checkWeights } from './weights-file';

/** A network read from files: ours from a weights file, any other from the folder of an imported teacher. */
export interface LoadedNetwork {
  readonly frozen: FrozenNetwork;
  readonly classes: readonly string[];
  readonly input: InputSpec;
  /** Its names of classes that are called otherwise elsewhere. */
  readonly rename: ClassNames;
  /** sha256 of the files and of what was said of them, hex. */
  readonly digest: string;
  /** How the images that it learnt from became square; undefined where its files do not say. */
  readonly resize?: string | undefined;
  /** What could not be checked of its files, for the person. */
  readonly remark?: string | undefined;
  /** Frees weights and threads. */
  dispose(): void;
}

/** A network of our architectures, with its weights and the file that they come from. */
export interface NativeNetwork {
  /** To be disposed of. */
  readonly model: Model;
  readonly name: ModelName;
  readonly classes: readonly string[];
  readonly input: InputSpec;
  readonly resize: string | undefined;
  readonly bytes: Uint8Array;
  readonly remark: string | undefined;
}

/** What the person says of a network; each thing wins over what its own files say. */
export interface NetworkDescription {
  readonly model?: string | undefined;
  readonly classes?: readonly string[] | undefined;
  /** Its classes where neither this nor its files say them. */
  readonly classesOtherwise?: readonly string[] | undefined;
  readonly input?: InputSpec | undefined;
  /** Its input where neither this nor its files say it. */
  readonly inputOtherwise?: InputSpec | undefined;
}

/** The frozen teacher, its logits in the order of the project's classes. */
export interface LoadedTeacher extends LoadedNetwork {
  readonly frozen: FrozenTeacher;
  /** Its file is gone, so that it can be asked nothing and its weights are not known: what to say of that. */
  readonly absence?: WinnowError;
}

/**
 * Reads a safetensors file, or the folder (or its teacher.json) that `winnow teacher import` wrote. Architecture,
 * classes and input come from the description or the files, never from a guess. An engine must be running.
 * @throws WinnowError FILE_NOT_FOUND, FORMAT_INVALID, CONFIG_INVALID when something about it is not known; DATA_CORRUPT
 *   for changed files of an imported teacher, and for weights of ours whose recorded digest differs
 */
export async function loadNetwork(file: string, description: NetworkDescription = {}): Promise<LoadedNetwork> {
  const folder = await externalFolder(file);
  if (folder !== null) return loadExternal(folder, description);
  const { model, bytes, name, classes, input, resize, remark } = await loadNativeNetwork(file, description);
  try {
    const frozen = foldModel(model, input);
    const dispose = (): void => {
      frozen.dispose();
      model.dispose();
    };
    const digest = digestNetwork(bytes, { model: name, classes, input });
    return { frozen, classes, input, rename: {}, digest, resize, remark, dispose };
  } catch (error) {
    model.dispose();
    throw error;
  }
}

/**
 * Reads a safetensors file of one of our architectures, as loadNetwork.
 * @throws WinnowError FILE_NOT_FOUND, FORMAT_INVALID, CONFIG_INVALID; DATA_CORRUPT where its recorded digest differs
 */
export async function loadNativeNetwork(file: string, description: NetworkDescription = {}): Promise<NativeNetwork> {
  const described = await describeNativeNetwork(file, description);
  const model = outlineModel(described.name, described.classes.length);
  try {
    loadWeights(model, described.bytes, { where: file });
    return { model, ...described };
  } catch (error) {
    model.dispose();
    throw error;
  }
}

/**
 * What a weights file of one of our architectures and the description say of it, without an engine.
 * @throws WinnowError as loadNativeNetwork, but for the weights themselves
 */
async function describeNativeNetwork(
  file: string,
  description: NetworkDescription = {},
): Promise<Omit<NativeNetwork, 'model'>> {
  const bytes = await readWeightsFile(file);
  const remark = await checkWeights(file, bytes);
  const metadata = readWeightsMetadata(bytes, file);
  const given = need(description.model ?? metadata.model, 'model', file);
  const classes = need(description.classes ?? metadata.classes ?? description.classesOtherwise, 'classes', file);
  const input = need(description.input ?? metadata.input ?? description.inputOtherwise, 'input', file);
  const name = requireModelName(given, {
    code: 'CONFIG_INVALID',
    where: file,
    otherwise: 'Others come in as ONNX: `winnow teacher import`.',
  });
  return { name, classes, input, resize: metadata.raw['resize'], bytes, remark };
}

/**
 * The network that `teacher.weights` names, with its own classes.
 * @throws WinnowError as loadNetwork; CONFIG_INVALID where the project names none
 */
export async function loadTeacherNetwork(config: ProjectConfig): Promise<LoadedNetwork> {
  const { file, description } = teacherOf(config);
  return loadNetwork(file, description);
}

/** Where the project's teacher is, and what the project says of it. @throws WinnowError CONFIG_INVALID for none */
function teacherOf(config: ProjectConfig): { readonly file: string; readonly description: NetworkDescription } {
  const { weights, model, classes, input } = requireTeacher(config);
  const file = path.resolve(config.paths.root, weights);
  return { file, description: { model, classes, input: input as InputSpec | undefined } };
}

/** Folder of an imported teacher, named itself or by its teacher.json; null for any other path. */
async function externalFolder(file: string): Promise<string | null> {
  if ((await stat(file).catch(() => undefined))?.isDirectory() === true) return file;
  return path.basename(file) === TEACHER_FILE ? path.dirname(file) : null;
}

/** What the files of a network, and a person, say of it. */
export interface NetworkFacts {
  /** The file that was named. */
  readonly file: string;
  readonly classes: readonly string[];
  readonly input: InputSpec;
  readonly rename: ClassNames;
  readonly hasFeatureMap: boolean;
  /** How the images that it learnt from became square; undefined where its files do not say. */
  readonly resize: string | undefined;
}

/** The project's teacher by what its files say, without an engine. @throws WinnowError as loadTeacherNetwork */
export async function describeTeacherNetwork(config: ProjectConfig): Promise<NetworkFacts> {
  const { file, description } = teacherOf(config);
  const folder = await externalFolder(file);
  if (folder !== null) return { ...(await describeExternalNetwork(folder, description)), file };
  const { classes, input, resize } = await describeNativeNetwork(file, description);
  return { file, classes, input, resize, rename: {}, hasFeatureMap: true };
}

/**
 * The project's teacher. @param log is told of classes that were taken by a synonym
 * @throws WinnowError as loadTeacherNetwork, and TEACHER_MISMATCH when it lacks a class
 */
export async function loadTeacher(
  config: ProjectConfig,
  log: CommandIo['log'] = () => undefined,
): Promise<LoadedTeacher> {
  const settings = requireTeacher(config);
  const network = await loadTeacherNetwork(config);
  const names = config.classes.map(({ name }) => name);
  const teacher = withClasses(network, names, { rename: { ...network.rename, ...settings.rename }, log });
  // A synonym makes the same teacher as a name that a person gave.
  return { ...teacher, digest: digestNames(network.digest, names, teacher.rename) };
}

/** The network with its logits in the order of these classes; disposed of where it lacks one. @throws as mapTeacher */
export function withClasses(
  network: LoadedNetwork,
  names: readonly string[],
  { rename: given, log }: { readonly rename: ClassNames; readonly log: CommandIo['log'] },
): LoadedTeacher {
  const synonyms = classSynonyms(network.classes, names, given);
  const note = describeSynonyms(synonyms);
  const rename = { ...synonyms, ...given };
  try {
    if (note !== null) log(note);
    return { ...network, rename, frozen: mapTeacher(network.frozen, network.classes, names, rename) };
  } catch (error) {
    network.dispose();
    throw error;
  }
}

/** @throws WinnowError CONFIG_INVALID where the project names none */
function requireTeacher(config: ProjectConfig): NonNullable<ProjectConfig['teacher']> {
  if (config.teacher !== undefined) return config.teacher;
  throw new WinnowError('CONFIG_INVALID', 'The project names no teacher', {
    where: `${config.paths.file}, key teacher`,
    next: 'Add `teacher: { weights: FILE.safetensors }`.',
  });
}

async function loadExternal(folder: string, description: NetworkDescription): Promise<LoadedNetwork> {
  const { classes, input } = await describeExternalNetwork(folder, description);
  const { network, manifest } = await openExternalTeacher(folder);
  const described = { classes, input };
  const outputs = externalFrozen(network, described.input);
  const isProbable = manifest.logits.values === 'probabilities';
  const frozen = isProbable ? centreLogits(outputs) : outputs;
  const written = new TextEncoder().encode(JSON.stringify(manifest));
  // What is made of probabilities has changed once: splits of before are of other logits.
  const made = isProbable ? `${manifest.kind}, centred` : manifest.kind;
  const digest = digestNetwork(written, { model: made, ...described });
  const { rename, resize } = manifest;
  return { frozen, ...described, rename, digest, resize, dispose: () => frozen.dispose() };
}

/**
 * What an imported teacher and the description say of it, without an engine.
 * @throws WinnowError FILE_NOT_FOUND, FORMAT_INVALID; CONFIG_INVALID for what an import cannot be told
 */
async function describeExternalNetwork(
  folder: string,
  { model, classes, input }: NetworkDescription,
): Promise<Omit<NetworkFacts, 'file'>> {
  if (model !== undefined) {
    throw new WinnowError('CONFIG_INVALID', 'An imported teacher is not of our architectures', {
      where: `${folder}, teacher.model`,
      next: 'Remove teacher.model from the project file.',
    });
  }
  const manifest = await readTeacherManifest(folder);
  if (input !== undefined && input.size !== manifest.input.size) {
    throw new WinnowError(
      'CONFIG_INVALID',
      `The teacher was imported for ${manifest.input.size} px, not ${input.size}`,
      {
        where: `${folder}, teacher.input.size`,
        next: 'Import it again with --size, or remove teacher.input.',
      },
    );
  }
  return {
    classes: classes ?? manifest.classes,
    input: input ?? manifest.input,
    rename: manifest.rename,
    hasFeatureMap: manifest.featureMap !== null,
    resize: manifest.resize,
  };
}

/** Other outputs for the same classes make another teacher. */
function digestNames(digest: string, names: readonly string[], rename: ClassNames): string {
  const used = names.flatMap((name) => (Object.hasOwn(rename, name) ? [[name, rename[name]]] : []));
  if (used.length === 0) return digest;
  return createHash('sha256').update(digest).update(JSON.stringify(used)).digest('hex');
}

/** Covers what the person said of the file too: other classes or another normalisation make another network. */
function digestNetwork(
  bytes: Uint8Array,
  description: Required<Pick<NetworkDescription, 'model' | 'classes' | 'input'>>,
): string {
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
    next: `Give it in the project file: teacher.${what}; or let \`winnow teacher import\` write it into the file.`,
  });
}
