import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { requireTypeScript } from '../../../tools/require-typescript.mjs';

const CONTRACT =
  '--classes a,b,c --size 8 --range 0,1 --mean 0 --std 1 --layout nchw --logits scores --logits-only'.split(' ');

/**
 * Writes one of the hostile networks of the tests.
 * @param {string} folder
 * @param {(networks: typeof import('../../../libs/models/src/spec-support/hostile-networks.ts')) => Uint8Array} make
 * @returns {{ args: string[], bytes: number }} how winnow imports it, and the size of the file
 */
export function hostileNetwork(folder, make) {
  const bytes = make(requireTypeScript('libs/models/src/spec-support/hostile-networks.ts'));
  const file = path.join(folder, 'hostile.onnx');
  writeFileSync(file, bytes);
  return { args: ['teacher', 'import', file, ...CONTRACT], bytes: bytes.length };
}

/** The line that winnow ended with. */
export function lastLine({ stderr, timedOut }) {
  if (timedOut) return 'did not end, killed';
  return (
    stderr
      .split('\n')
      .findLast((line) => line.startsWith('error: '))
      ?.slice(0, 80) ?? 'ended without an error'
  );
}
