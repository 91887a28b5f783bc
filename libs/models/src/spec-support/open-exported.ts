import { mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ExternalContract } from '@winnow/contracts';
import type { ExternalHints } from '../external/external-hints';
import type { ExternalNetwork } from '../external/external-network';
import { readExternalSource } from '../external/external-source';

/** Writes the files of an exported network, and reads it as anybody's model by what they say of themselves. */
export async function openExported(
  files: ReadonlyMap<string, Uint8Array>,
  size: number,
): Promise<{ readonly hints: ExternalHints; readonly network: ExternalNetwork }> {
  const folder = mkdtempSync(path.join(tmpdir(), 'winnow-exported-'));
  try {
    for (const [name, bytes] of files) await writeFile(path.join(folder, name), bytes);
    const file = path.join(folder, files.has('model.onnx') ? 'model.onnx' : 'model.json');
    const source = await readExternalSource(file, true);
    return { hints: source.hints, network: await source.open(contractOf(source.kind, source.hints), size) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function contractOf(kind: ExternalContract['kind'], hints: ExternalHints): ExternalContract {
  const { layout, logits, features, featureMap, featureMapLayout } = hints as Required<ExternalHints>;
  return {
    kind,
    layout,
    logits: { output: logits, values: 'logits' },
    features: { output: features },
    featureMap: { output: featureMap, layout: featureMapLayout },
  };
}
