import { WinnowError } from '@winnow/contracts';
import { type InnerFile, locateInnerFile, readInnerFile } from '../../external/inner-file';
import { isRecord } from '../json-values';
import { readJsonFile } from '../read-json-file';
import { joinBytes } from '../onnx/protobuf';
import { readWeightsManifest, type WeightsGroup } from './read-tfjs-weights';

/** What TF.js calls the file that describes a model, beside those of its weights. */
export const TFJS_JSON = 'model.json';

/** A TF.js model in memory: its topology and all weights in one piece. */
export interface TfjsFiles {
  readonly kind: 'tfjs-layers' | 'tfjs-graph';
  /** model.json with one group of weights, in `weights.bin`. */
  readonly json: Readonly<Record<string, unknown>>;
  readonly weights: Uint8Array;
  /** What model.json says about itself. */
  readonly metadata: Readonly<Record<string, unknown>>;
  /** What wrote it, such as `TensorFlow.js tfjs-layers v4.22.0`. */
  readonly producer: string | null;
}

export const TFJS_WEIGHTS = 'weights.bin';
const MAX_JSON_BYTES = 64 * 1024 * 1024;
const MAX_WEIGHT_BYTES = 4_000_000_000;
/** The rest (training settings, converter versions) is of no use to a network that only answers. */
const KEPT_KEYS = ['format', 'modelTopology', 'signature', 'userDefinedMetadata'];

/**
 * Reads model.json and the weight files beside it. Nothing outside its folder is read, whatever its paths or links say,
 * and sizes are compared before anything is.
 * @throws WinnowError FILE_NOT_FOUND, FORMAT_INVALID
 */
export async function readTfjsFiles(jsonFile: string): Promise<TfjsFiles> {
  const json = await readJson(jsonFile);
  const kind = kindOf(json, jsonFile);
  const groups = readWeightsManifest(json['weightsManifest'], jsonFile);
  const total = groups.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  if (!(total <= MAX_WEIGHT_BYTES)) {
    throw invalid(`Its weights take ${total} bytes, more than ${MAX_WEIGHT_BYTES}`, jsonFile);
  }
  const parts: Uint8Array[] = [];
  for (const group of groups) parts.push(...(await readGroup(group, jsonFile)));
  const kept = Object.fromEntries(KEPT_KEYS.flatMap((key) => (key in json ? [[key, json[key]]] : [])));
  const weights = groups.flatMap((group) => group.weights);
  const described = json['userDefinedMetadata'];
  return {
    kind,
    json: { ...kept, weightsManifest: [{ paths: [TFJS_WEIGHTS], weights }] },
    weights: joinBytes(parts),
    metadata: isRecord(described) ? described : {},
    producer: textOf(json['generatedBy']) ?? textOf(json['convertedBy']),
  };
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value.slice(0, 200) : null;
}

async function readJson(file: string): Promise<Record<string, unknown>> {
  const json = await readJsonFile(file, {
    maxBytes: MAX_JSON_BYTES,
    missing: { message: 'The model cannot be read', next: 'Check the path.' },
    invalid: (what) => invalid(`The model cannot be used: ${what}`, file),
  });
  if (!isRecord(json)) throw invalid('It is not a JSON object', file);
  return json;
}

function kindOf(json: Readonly<Record<string, unknown>>, file: string): TfjsFiles['kind'] {
  const topology = json['modelTopology'];
  if (isRecord(topology) && Array.isArray(topology['node']) && json['format'] !== 'layers-model') return 'tfjs-graph';
  const isLayers = isRecord(topology) && ('model_config' in topology || 'class_name' in topology);
  if (isLayers && json['format'] !== 'graph-model') return 'tfjs-layers';
  throw invalid('It is neither a LayersModel nor a GraphModel of TF.js', file);
}

async function readGroup({ paths, sizeBytes }: WeightsGroup, jsonFile: string): Promise<Uint8Array[]> {
  const files: InnerFile[] = [];
  for (const inner of paths) files.push(await locateInnerFile(jsonFile, inner));
  const stored = files.reduce((sum, file) => sum + file.sizeBytes, 0);
  if (stored !== sizeBytes) {
    throw invalid(`Its weight files hold ${stored} bytes, its manifest describes ${sizeBytes}`, jsonFile);
  }
  return Promise.all(files.map(readInnerFile));
}

function invalid(what: string, where: string): WinnowError {
  return new WinnowError('FORMAT_INVALID', what, {
    where,
    next: 'Name the model.json that tensorflowjs_converter or tfjs wrote, with its weight files beside it.',
  });
}

/** Sizes in a layer's configuration that decide how much memory its weights take. */
const SIZE_KEYS = ['units', 'filters', 'kernel_size', 'depth_multiplier', 'input_dim', 'output_dim'];
const MAX_INPUT = 4096;
const MAX_DEPTH = 100;

/**
 * Refuses a topology that asks for larger layers than its weights are: tfjs makes all layers before it looks at the
 * weights.
 * @throws WinnowError FORMAT_INVALID
 */
export function checkLayerSizes(json: Readonly<Record<string, unknown>>, where: string): void {
  const manifest = json['weightsManifest'] as readonly { readonly weights: readonly { readonly shape: number[] }[] }[];
  const sizes = manifest.flatMap(({ weights }) => weights.flatMap(({ shape }) => shape));
  const largest = sizes.reduce((most, size) => Math.max(most, size), 1);
  visit(json['modelTopology'], { largest, where }, 0);
}

function visit(value: unknown, limits: { readonly largest: number; readonly where: string }, depth: number): void {
  if (depth > MAX_DEPTH) throw refused('nested too deeply', limits.where);
  if (Array.isArray(value)) for (const item of value) visit(item, limits, depth + 1);
  if (!isRecord(value)) return;
  for (const [key, item] of Object.entries(value)) {
    const most = SIZE_KEYS.includes(key) ? limits.largest : key === 'batch_input_shape' ? MAX_INPUT : null;
    if (most !== null && [item].flat().some((size) => typeof size === 'number' && size > most)) {
      throw refused(`${key} is larger than ${most}`, limits.where);
    }
    visit(item, limits, depth + 1);
  }
}

function refused(what: string, where: string): WinnowError {
  return new WinnowError('FORMAT_INVALID', `The model's layers do not fit its weights: ${what}`, {
    where: `${where}, modelTopology`,
    next: 'Convert the model again with tensorflowjs_converter, or save it with tfjs.',
  });
}
