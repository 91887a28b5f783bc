import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { METHOD_NAMES } from '@winnow/contracts';
import { decodeSafetensors } from '@winnow/models';
import { startEngine } from '@winnow/tensor';
import { run, stoppingStore } from './spec-support/train-under-test';

const GOLDEN = path.join(__dirname, 'checkpoint-identity-golden.json');

/**
 * What a checkpoint says of the run that it belongs to, as it is stored: a run that was stopped before an update of
 * winnow goes on after it, so renames within the code must not change these texts. `WINNOW_GOLDEN=write` writes them anew.
 */
describe('the run that a checkpoint names', () => {
  const golden = JSON.parse(readFileSync(GOLDEN, 'utf8')) as Record<string, unknown>;
  const stored: Record<string, unknown> = {};
  beforeAll(() => startEngine('wasm', { cacheDir: '', log: () => undefined }));
  afterAll(() => {
    if (process.env['WINNOW_GOLDEN'] !== 'write') return;
    writeFileSync(GOLDEN, JSON.stringify(stored));
  });

  it.each(METHOD_NAMES)('%s: is the one of before', async (name) => {
    const { kept, signal, checkpoint } = stoppingStore(1);
    await expect(run(name, {}, { checkpoint, signal })).rejects.toMatchObject({ code: 'INTERRUPTED' });
    const { metadata } = decodeSafetensors(kept.at(-1) as Uint8Array, 'checkpoint');
    stored[name] = JSON.parse(metadata['run'] ?? 'null');
    expect(metadata['format']).toBe('winnow-checkpoint-2');
    expect(JSON.stringify(stored[name])).toBe(JSON.stringify(golden[name]));
  });
});
