import path from 'node:path';
import { WinnowError } from '@winnow/contracts';
import type { InputSpec } from '@winnow/contracts';
import { readExternalSource } from '@winnow/models';
import { externalFrozen } from '@winnow/training';
import type { FrozenNetwork } from '@winnow/training';
import { loadNetwork } from '../teacher/load-teacher';
import { exportEntry, type ExportKind } from './export-job';

/** What an exported file is and says of itself. */
export interface ExportedNetwork {
  readonly frozen: FrozenNetwork;
  readonly classes: readonly string[];
  readonly input: InputSpec;
  dispose(): void;
}

/**
 * Loads what was exported as anybody would: by the file alone. ONNX through onnxruntime, TF.js through its own loader.
 * @throws WinnowError FORMAT_INVALID, TEACHER_MISMATCH where it does not load; INTERNAL where it does not say enough
 */
export async function loadExported(folder: string, kind: ExportKind): Promise<ExportedNetwork> {
  const file = path.join(folder, exportEntry(kind));
  if (kind.format === 'safetensors') return loadNetwork(file);
  const source = await readExternalSource(file, true);
  const { classes, input, layout, logits, features, featureMap, featureMapLayout } = source.hints;
  const missing = Object.entries({ classes, input, layout, logits, features, featureMap, featureMapLayout });
  const [lacking] = missing.find(([, value]) => value === undefined) ?? [];
  if (lacking !== undefined) {
    throw new WinnowError('INTERNAL', `The exported file does not say its ${lacking}`, {
      where: exportEntry(kind),
      next: 'Nothing was written. Report this as a bug.',
    });
  }
  const contract = {
    kind: source.kind,
    layout: layout as 'nchw',
    logits: { output: logits as string, values: 'logits' },
    features: { output: features as string },
    featureMap: { output: featureMap as string, layout: featureMapLayout as 'nchw' },
  } as const;
  const described = { classes: classes as readonly string[], input: input as InputSpec };
  const frozen = externalFrozen(await source.open(contract, described.input.size), described.input);
  return { frozen, ...described, dispose: () => frozen.dispose() };
}
