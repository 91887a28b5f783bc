import { WinnowError } from '@winnow/contracts';
import { isRecord } from '../is-record';
import { joinBytes } from '../onnx/protobuf';
import { type InnerFile, locateInnerFile, readInnerFile } from '../../external/inner-file';
import { readWeightsManifest, type WeightsGroup } from './external-tfjs-weights';
import { readJsonFile } from '../../external/read-json-file';

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
