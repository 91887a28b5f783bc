import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { requireUninterrupted, squareAsLearnt, WinnowError, withProgress } from '@winnow/contracts';
import type { CommandIo, ExportManifest, InputSpec } from '@winnow/contracts';
import { settleFolder, writeFileAtomic, writeWholeFolder } from '@winnow/files';
import { recordGraph, sha256 } from '@winnow/models';
import { freezeModel } from '@winnow/training';
import type { CheckImages } from '../data/check-images';
import { loadNativeNetwork } from '../teacher/load-teacher';
import { startTensorEngine } from '../start-tensor-engine';
import {
  type Outputs,
  outputsOf,
  MAX_COMPARED,
  measureOutputs,
  relativeDifference,
  requireSameOutputs,
} from './compare-answers';
import { encodableKinds, type EncodedExport, openEncoder, resizeOf } from './encode-export';
import { exportCard } from './export-card';
import { type ExportImages, loadExportImages } from './export-images';
import { CARD_FILE, EXPORT_FILE, exportEntry, type ExportJob, type ExportResult, kindName } from './export-job';
import { loadExported } from './load-exported';
import { requireExportFolder } from './require-export-folder';

/** What was written and compared. */
/** What every export is compared with. */
interface Reference {
  readonly classes: readonly string[];
  readonly images: ExportImages;
  readonly outputs: Outputs;
  readonly signal: AbortSignal;
}

/**
 * Writes a network in other formats and precisions. Each is loaded again and asked about images before the folder appears:
 * where an answer in float32 differs by 1e-4 of the largest or more, nothing is written; of the others it is measured how
 * often they name the same class, and the right one.
 * @throws WinnowError FILE_NOT_FOUND, FORMAT_INVALID, CONFIG_INVALID for weights that cannot be used; FILE_NOT_WRITABLE
 *   where something else is at `out`; USAGE for int8 without images; INTERNAL where an export does not answer as the network
 *   does; INTERRUPTED
 */
export async function exportNetwork(job: ExportJob, io: CommandIo): Promise<ExportResult> {
  await settleFolder(job.out);
  await requireExportFolder(job.out, job.kinds);
  await startTensorEngine(job.engine, io);
  const network = await loadNativeNetwork(job.weights);
  const { model, name, classes, input, bytes, remark } = network;
  if (remark !== undefined) io.log(remark);
  const resize = squareAsLearnt(job.resize, network.resize);
  const { signal } = io;
  try {
    const graph = recordGraph(model, { input, raw: job.raw });
    const kinds = encodableKinds(graph, job);
    const mayReplace = () => requireExportFolder(job.out, kinds);
    await mayReplace();
    const isInt8 = kinds.some(({ precision }) => precision === 'int8');
    const images = await loadExportImages(job.sources, { size: input.size, resize, signal, isInt8 });
    const { measured, calibrated, origin } = images;
    const shown = { label: 'export', total: kinds.length, unit: 'files' };
    const exports = await withProgress(io.progress, shown, async (task) => {
      const outputs = outputsOf(freezeModel(model, input), input, measured, signal);
      requireFinite(outputs, job.weights, 'Train it again, with a lower learning rate.');
      const onImages = () => requireUninterrupted(signal, STOPPED);
      const encode = openEncoder(network, { ...job, kinds }, { graph, calibrated, onImages });
      const listed: ExportManifest['exports'][number][] = [];
      await writeWholeFolder(job.out, mayReplace, async (draft) => {
        for (const kind of kinds) {
          requireUninterrupted(signal, STOPPED);
          listed.push(await writeAndCheck(draft, encode(kind), { classes, images, outputs, signal }));
          task.update(listed.length);
        }
        const runCard = await readFile(path.join(path.dirname(job.weights), CARD_FILE), 'utf8').catch(() => null);
        const about = { model: name, classes: [...classes], ...resizeOf(network), weightsSha256: sha256(bytes) };
        const card = exportCard({ ...about, input, exports: listed, images: imageCounts(images), runCard });
        await writeFileAtomic(path.join(draft, CARD_FILE), card);
        const described = { ...about, card: describeFile(CARD_FILE, new TextEncoder().encode(card)), exports: listed };
        const manifest: ExportManifest = { format: 'winnow-export', version: 1, ...described };
        await writeFileAtomic(path.join(draft, EXPORT_FILE), `${JSON.stringify(manifest, null, 2)}\n`);
      });
      return listed;
    });
    const isNoise = origin === 'noise';
    const leftOut = [...new Set(job.kinds.filter((kind) => !kinds.includes(kind)).map(({ format }) => format))];
    const counts = imageCounts(images);
    return { out: job.out, model: name, classCount: classes.length, exports, leftOut, isNoise, ...counts };
  } finally {
    model.dispose();
  }
}

const STOPPED = 'The export was stopped; nothing was written';

function imageCounts({ measured, origin, calibrated }: ExportImages) {
  return { images: measured.count, origin, calibrated: calibrated?.count ?? 0 };
}

/** Without them there is nothing to compare. */
function requireFinite({ logits, features }: Outputs, where: string, next: string): void {
  if (logits.every(Number.isFinite) && features.every(Number.isFinite)) return;
  throw new WinnowError('FORMAT_INVALID', 'The network does not answer with finite numbers', { where, next });
}

async function writeAndCheck(
  draft: string,
  { kind, input, files }: EncodedExport,
  { classes, images, outputs, signal }: Reference,
): Promise<ExportManifest['exports'][number]> {
  for (const [name, bytes] of files) {
    await mkdir(path.dirname(path.join(draft, name)), { recursive: true });
    await writeFileAtomic(path.join(draft, name), bytes);
  }
  const where = exportEntry(kind);
  const loaded = await loadExported(draft, kind);
  try {
    if (JSON.stringify([loaded.classes, inputParts(loaded.input)]) !== JSON.stringify([classes, inputParts(input)])) {
      throw new WinnowError('INTERNAL', 'Loaded again, the export names other classes or another input', {
        where,
        next: 'Nothing was written. Report this as a bug.',
      });
    }
    const isExact = kind.precision === 'float32';
    const { measured } = images;
    const asked = isExact ? firstImages(measured, MAX_COMPARED) : measured;
    const found = outputsOf(loaded.frozen, input, asked, signal);
    const wanted = isExact ? firstOutputs(outputs, asked.count / measured.count) : outputs;
    requireFinite(found, where, `Leave it out with --precision: ${kindName(kind)} does not hold this network.`);
    const difference = isExact
      ? requireSameOutputs(found, wanted, where)
      : relativeDifference(found.logits, wanted.logits);
    const measures =
      images.origin === 'noise'
        ? { agreement: null, accuracy: null }
        : measureOutputs(isExact ? outputs : found, outputs, { labels: measured.labels, classes });
    const listed = [...files].map(([name, bytes]) => describeFile(name, bytes));
    return { ...kind, input, difference, ...measures, files: listed };
  } finally {
    loaded.dispose();
  }
}

function describeFile<Name extends string>(name: Name, bytes: Uint8Array) {
  return { name, sizeBytes: bytes.length, sha256: sha256(bytes) };
}

function firstImages(images: CheckImages, most: number): Pick<CheckImages, 'count' | 'pixels' | 'size'> {
  return { count: Math.min(images.count, most), pixels: images.pixels, size: images.size };
}

/** @param part of the images, 0..1 */
function firstOutputs({ logits, features }: Outputs, part: number): Outputs {
  const first = (values: Float32Array) => values.subarray(0, Math.round(values.length * part));
  return { logits: first(logits), features: first(features) };
}

function inputParts({ size, range, mean, std }: InputSpec): readonly unknown[] {
  return [size, range, mean, std];
}
