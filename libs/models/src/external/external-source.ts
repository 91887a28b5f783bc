import { open } from 'node:fs/promises';
import path from 'node:path';
import { type ExternalContract, type ExternalKind, isWinnowError, WinnowError } from '@winnow/contracts';
import { readTfjsFiles, TFJS_JSON, TFJS_WEIGHTS } from '../formats/tfjs/read-tfjs-files';
import { externalNetwork, type ExternalNetwork, type ExternalRunner, outputNames } from './external-network';
import { readExternalHints, type ExternalHints } from './external-hints';
import { describeTfjs } from '../formats/tfjs/describe-tfjs';
import type { ExternalDescription } from './external-description';
import { describeOnnx, isHalfOnnx, openOnnx } from '../formats/onnx/open-onnx';
import { embedExternalWeights } from '../formats/onnx/onnx-external-data';
import { onnxDamage, readOnnxFile } from '../formats/onnx/read-onnx-file';
import { openTfjs } from '../formats/tfjs/open-tfjs';
import { triedFirst } from '../formats/tfjs/try-tfjs';

/** A model file that is not ours, read but not yet held to a contract. */
export interface ExternalSource {
  readonly kind: ExternalKind;
  readonly hints: ExternalHints;
  /** What a person should know of how it is read. */
  readonly notes: readonly string[];
  /** What to keep of it, by the name within a teacher's folder. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  describe(): ExternalDescription;
  /**
   * Opens it for some of its tensors, to try what they hold. @throws WinnowError FORMAT_INVALID, TEACHER_MISMATCH
   */
  probe(outputs: readonly string[]): Promise<ExternalRunner>;
  /** @throws WinnowError FORMAT_INVALID, TEACHER_MISMATCH */
  open(contract: ExternalContract, size: number): Promise<ExternalNetwork>;
}

export const ONNX_FILE = 'model.onnx';
/** Protobuf allows no more. */
const MAX_ONNX_BYTES = 2 ** 31 - 1;

/**
 * Reads an ONNX file or the model.json of a TF.js model.
 * @param isOurs it was written here just now: what a TF.js network costs is not tried in a process of its own first
 * @throws WinnowError FILE_NOT_FOUND, FORMAT_INVALID
 */
export async function readExternalSource(file: string, isOurs = false): Promise<ExternalSource> {
  return file.endsWith('.onnx') ? readOnnxSource(file) : readTfjsSource(file, isOurs);
}

async function readOnnxSource(file: string): Promise<ExternalSource> {
  const { bytes, externalFiles } = await readLimited(file, MAX_ONNX_BYTES)
    .then((model) => embedExternalWeights(model, file, MAX_ONNX_BYTES))
    .catch((error: unknown) => {
      throw onnxDamage(error, file);
    });
  const read = readOnnxFile(bytes, file);
  return {
    kind: 'onnx',
    hints: readExternalHints(read.metadata, file),
    notes: [
      ...(externalFiles.length === 0 ? [] : [`The weights in ${externalFiles.slice(0, 3).join(', ')} are part of it.`]),
      ...(isHalfOnnx(read) ? ['It computes in float16: images and outputs are converted.'] : []),
    ],
    files: new Map([[ONNX_FILE, bytes]]),
    describe: () => describeOnnx(read, externalFiles),
    probe: async (outputs) => openOnnx(bytes, outputs, file),
    open: async (contract, size) => {
      const runner = openOnnx(bytes, outputNames(contract), file);
      return holding(runner, contract, { size, where: file });
    },
  };
}

async function readTfjsSource(file: string, isOurs: boolean): Promise<ExternalSource> {
  const read = await readTfjsFiles(file);
  const text = new TextEncoder().encode(`${JSON.stringify(read.json)}\n`);
  const probe = async (outputs: readonly string[]): Promise<ExternalRunner> => {
    const runner = await openTfjs(read, outputs, file);
    return isOurs ? runner : triedFirst(runner, read, { outputs, where: file });
  };
  return {
    kind: read.kind,
    hints: readExternalHints(read.metadata, file),
    notes: [],
    files: new Map([
      [TFJS_JSON, text],
      [TFJS_WEIGHTS, read.weights],
    ]),
    describe: () => describeTfjs(read),
    probe,
    open: async (contract, size) => {
      const names = outputNames(contract);
      return holding(await probe(names), contract, { size, where: path.basename(file) });
    },
  };
}

/** A network that breaks its contract leaves nothing behind. */
function holding(...args: Parameters<typeof externalNetwork>): ExternalNetwork {
  try {
    return externalNetwork(...args);
  } catch (error) {
    args[0].dispose();
    if (isWinnowError(error)) throw error;
    throw new WinnowError('TEACHER_MISMATCH', `The model does not answer: ${String(error).slice(0, 500)}`, {
      where: args[2].where,
      next: 'Check layout and size of its input, and the engine: another may know its operations.',
      cause: error,
    });
  }
}

/** @throws WinnowError FILE_NOT_FOUND, FORMAT_INVALID for a file of more bytes, before it is read */
export async function readLimited(file: string, maxBytes: number): Promise<Uint8Array> {
  const handle = await open(file, 'r').catch((cause: unknown) => {
    throw new WinnowError('FILE_NOT_FOUND', 'The file cannot be read', {
      where: file,
      next: 'Check the path.',
      cause,
    });
  });
  try {
    const { size } = await handle.stat();
    if (size <= maxBytes) return await handle.readFile();
    throw new WinnowError('FORMAT_INVALID', `The file has ${size} bytes, more than ${maxBytes}`, { where: file });
  } finally {
    await handle.close();
  }
}
