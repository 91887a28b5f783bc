import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { requireUninterrupted, WinnowError } from '@winnow/contracts';
import type { CommandIo, ExportFormat, ExportManifest, InputSpec } from '@winnow/contracts';
import { encodeLayersModel, encodeOnnx, rawInput, recordGraph, sha256 } from '@winnow/models';
import { writeFileAtomic } from '@winnow/runs';
import { freezeModel } from '@winnow/training';
import { version } from '../../package.json';
import { type CheckPictures, loadCheckPictures, randomPictures } from '../pictures/check-pictures';
import { loadOwnNetwork, type OwnNetwork } from '../teacher/load-teacher';
import { type SquarePolicy, squareAsLearnt } from '../pictures/square-as-learnt';
import { startTensorEngine } from '../start-tensor-engine';
import { settleFolder, writeWholeFolder } from '../write-whole-folder';
import { type Answers, answersOf, requireSameAnswers } from './compare-answers';
import { EXPORT_ENTRIES, EXPORT_FILE, type ExportJob } from './export-job';
import { loadExported } from './load-exported';
import { requireExportFolder } from './require-export-folder';

/** What was written and compared. */
export interface ExportResult {
  readonly out: string;
  readonly model: string;
  readonly classCount: number;
  readonly exports: ExportManifest['exports'];
  /** Pictures that answers were compared on. */
  readonly pictures: number;
  /** True: they were noise. */
  readonly isNoise: boolean;
}

/** A file, or the files of a folder, of one format. */
interface Encoded {
  readonly format: ExportFormat;
  readonly input: InputSpec;
  /** By the name within the folder of the export. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** What every export is compared with. */
interface Reference {
  readonly classes: readonly string[];
  readonly pictures: CheckPictures;
  readonly answers: Answers;
}

/**
 * Writes a network in other formats. Each is loaded again and asked about pictures before the folder appears: where an
 * answer differs by 1e-4 of the largest or more, nothing is written.
 * @throws WinnowError FILE_NOT_FOUND, FORMAT_INVALID, CONFIG_INVALID for weights that cannot be used; FILE_NOT_WRITABLE
 *   where something else is at `out`; INTERNAL where an export does not answer as the network does; INTERRUPTED
 */
export async function exportNetwork(job: ExportJob, io: CommandIo): Promise<ExportResult> {
  await settleFolder(job.out);
  const mayReplace = () => requireExportFolder(job.out, job.formats);
  await mayReplace();
  await startTensorEngine(job.engine, io);
  const network = await loadOwnNetwork(job.weights);
  const { model, name, classes, input, bytes, remark } = network;
  if (remark !== undefined) io.log(remark);
  const resize = squareAsLearnt(job.resize, network.resize);
  try {
    const { size } = input;
    const isNoise = job.check.length === 0;
    const pictures = isNoise ? randomPictures(size) : await loadCheckPictures(job.check, { size, resize });
    const reference = { classes, pictures, answers: answersOf(freezeModel(model, input), input, pictures) };
    requireFinite(reference.answers, job.weights);
    const encoded = encode(network, job);
    const exports: ExportManifest['exports'][number][] = [];
    await writeWholeFolder(job.out, mayReplace, async (draft) => {
      for (const one of encoded) {
        requireUninterrupted(io.signal, 'The export was stopped; nothing was written');
        exports.push(await writeAndCheck(draft, one, reference));
      }
      const about = { model: name, classes: [...classes], ...resizeOf(network), weightsSha256: sha256(bytes) };
      const manifest: ExportManifest = { format: 'winnow-export', version: 1, ...about, exports };
      await writeFileAtomic(path.join(draft, EXPORT_FILE), `${JSON.stringify(manifest, null, 2)}\n`);
    });
    return { out: job.out, model: name, classCount: classes.length, exports, pictures: pictures.count, isNoise };
  } finally {
    model.dispose();
  }
}

/** Without them there is nothing to compare. */
function requireFinite({ logits, features }: Answers, where: string): void {
  if (logits.every(Number.isFinite) && features.every(Number.isFinite)) return;
  throw new WinnowError('FORMAT_INVALID', 'The network does not answer with finite numbers', {
    where,
    next: 'Train it again, with a lower learning rate.',
  });
}

/** How the pictures that the network learnt from became square, where its weights file says it. */
function resizeOf({ resize }: OwnNetwork): { readonly resize?: SquarePolicy } {
  return resize === undefined ? {} : { resize: squareAsLearnt(undefined, resize) };
}

function encode(network: OwnNetwork, { formats, raw }: ExportJob): readonly Encoded[] {
  const { model, name, classes, input, bytes } = network;
  const taken = raw ? rawInput(input) : input;
  const about = { model: name, classes, input: taken, version, ...resizeOf(network) };
  const graph = recordGraph(model, { input, raw });
  const encoders: Readonly<Record<ExportFormat, () => Encoded>> = {
    // As it is: its names and layout are PyTorch's already.
    safetensors: () => ({ format: 'safetensors', input, files: new Map([[EXPORT_ENTRIES.safetensors, bytes]]) }),
    onnx: () => ({ format: 'onnx', input: taken, files: new Map([[EXPORT_ENTRIES.onnx, encodeOnnx(graph, about)]]) }),
    tfjs: () => {
      const folder = path.posix.dirname(EXPORT_ENTRIES.tfjs);
      const files = [...encodeLayersModel(graph, about)].map(
        ([file, content]) => [`${folder}/${file}`, content] as const,
      );
      return { format: 'tfjs', input: taken, files: new Map(files) };
    },
  };
  return formats.map((format) => encoders[format]());
}

async function writeAndCheck(
  draft: string,
  { format, input, files }: Encoded,
  { classes, pictures, answers }: Reference,
): Promise<ExportManifest['exports'][number]> {
  for (const [name, bytes] of files) {
    await mkdir(path.dirname(path.join(draft, name)), { recursive: true });
    await writeFileAtomic(path.join(draft, name), bytes);
  }
  const loaded = await loadExported(draft, format);
  try {
    if (JSON.stringify([loaded.classes, inputParts(loaded.input)]) !== JSON.stringify([classes, inputParts(input)])) {
      throw new WinnowError('INTERNAL', 'Loaded again, the export names other classes or another input', {
        where: EXPORT_ENTRIES[format],
        next: 'Nothing was written. Report this as a bug.',
      });
    }
    const found = answersOf(loaded.frozen, input, pictures);
    const difference = requireSameAnswers(found, answers, EXPORT_ENTRIES[format]);
    const listed = [...files].map(([name, bytes]) => ({ name, sizeBytes: bytes.length, sha256: sha256(bytes) }));
    return { format, input, difference, files: listed };
  } finally {
    loaded.dispose();
  }
}

function inputParts({ size, range, mean, std }: InputSpec): readonly unknown[] {
  return [size, range, mean, std];
}
