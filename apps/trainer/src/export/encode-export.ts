import path from 'node:path';
import { type InputSpec, squareAsLearnt, type SquarePolicy, WinnowError } from '@winnow/contracts';
import {
  type Calibration,
  calibrate,
  encodeLayersModel,
  encodeLayersModelInt8,
  encodeOnnx,
  encodeOnnxFloat16,
  encodeOnnxInt8,
  type ExportGraph,
  hasKerasLayers,
  rawInput,
  readWeightsMetadata,
  saveWeights,
} from '@winnow/models';
import type { tf } from '@winnow/tensor';
import { version } from '../../package.json';
import { type CheckImages, checkInput } from '../data/check-images';
import type { NativeNetwork } from '../teacher/load-teacher';
import { exportEntry, type ExportJob, type ExportKind } from './export-job';

/** A file, or the files of a folder, of one format. */
export interface EncodedExport {
  readonly kind: ExportKind;
  /** How this file wants its pixels. */
  readonly input: InputSpec;
  /** By the name within the folder of the export. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** What the encoders work from. */
interface EncoderSources {
  /** Of the network. */
  readonly graph: ExportGraph;
  /** Images for int8. */
  readonly calibrated: CheckImages | null;
  /** Hears how many of them went through the network, and may throw to stop. */
  onImages(done: number): void;
}

/** So many images go through the network at once: all that it computes on the way is kept. */
const CALIBRATION_BATCH = 8;

/** How the images that the network learnt from became square, where its weights file says it. */
export function resizeOf({ resize }: NativeNetwork): { readonly resize?: SquarePolicy } {
  return resize === undefined ? {} : { resize: squareAsLearnt(undefined, resize) };
}

/**
 * The kinds of a job that its network can be written as.
 * @throws WinnowError USAGE where TF.js was named and has no layers for the network
 */
export function encodableKinds(
  graph: ExportGraph,
  { kinds, allFormats }: Pick<ExportJob, 'kinds' | 'allFormats'>,
): readonly ExportKind[] {
  const others = kinds.filter(({ format }) => format !== 'tfjs');
  if (others.length === kinds.length || hasKerasLayers(graph)) return kinds;
  if (allFormats) return others;
  throw new WinnowError('USAGE', 'TF.js has no layers for a vision transformer', {
    where: '--format tfjs',
    next: 'Export this network as ONNX or safetensors.',
  });
}

/**
 * Encoders of all exports of a network, each made when it is asked for; int8 is calibrated first.
 * @throws WinnowError USAGE where int8 is wanted and there are no images
 */
export function openEncoder(
  network: NativeNetwork,
  { kinds, raw, weights }: Pick<ExportJob, 'kinds' | 'raw' | 'weights'>,
  { graph, calibrated, onImages }: EncoderSources,
): (kind: ExportKind) => EncodedExport {
  const { name, classes, input } = network;
  const taken = raw ? rawInput(input) : input;
  const about = { model: name, classes, input: taken, version, ...resizeOf(network) };
  const seen = kinds.some(({ precision }) => precision === 'int8')
    ? calibrate(graph, about, imageBatches(requireImages(calibrated), { input: taken, onImages }))
    : new Map();
  return (kind) => {
    const { format, precision } = kind;
    const entry = exportEntry(kind);
    if (format === 'safetensors') return { kind, input, files: new Map([[entry, weightsOf(network, kind, weights)]]) };
    if (format === 'onnx') {
      const bytes = {
        float32: () => encodeOnnx(graph, about),
        float16: () => encodeOnnxFloat16(graph, about),
        int8: () => encodeOnnxInt8(graph, about, seen as Calibration),
      }[precision]();
      return { kind, input: taken, files: new Map([[entry, bytes]]) };
    }
    const layers =
      precision === 'int8' ? encodeLayersModelInt8(graph, about, seen as Calibration) : encodeLayersModel(graph, about, precision); // prettier-ignore
    const folder = path.posix.dirname(entry);
    const files = [...layers].map(([file, content]) => [`${folder}/${file}`, content] as const);
    return { kind, input: taken, files: new Map(files) };
  };
}

/** In float32 the file as it is: its names and layout are PyTorch's already. */
function weightsOf({ model, bytes }: NativeNetwork, { precision }: ExportKind, where: string): Uint8Array {
  return precision === 'float32' ? bytes : saveWeights(model, readWeightsMetadata(bytes, where).raw, 'float16');
}

function requireImages(calibrated: CheckImages | null): CheckImages {
  if (calibrated !== null) return calibrated;
  throw new WinnowError('USAGE', 'int8 chooses its ranges by images, and none are named', {
    where: '--precision int8',
    next: 'Name some hundred images that are like those it will see: --calibrate FOLDER.',
  });
}

function* imageBatches(
  images: CheckImages,
  { input, onImages }: { readonly input: InputSpec; onImages(done: number): void },
): Generator<tf.Tensor4D> {
  for (let from = 0; from < images.count; from += CALIBRATION_BATCH) {
    onImages(from);
    yield checkInput(images, { from, count: Math.min(CALIBRATION_BATCH, images.count - from) }, input);
  }
}
