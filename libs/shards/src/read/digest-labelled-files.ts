import { createHash } from 'node:crypto';
import { stableJson } from '@winnow/files';
import type { LabelledFile } from './labelled-table';

/** Over names and bytes of all images, 64 hex digits. @throws WinnowError as reading them */
export async function digestLabelledFiles(files: readonly LabelledFile[]): Promise<string> {
  const named: [string, string][] = [];
  for (const file of files) named.push([file.key, sha256Of(await file.read())]);
  return sha256Of(stableJson(named));
}

function sha256Of(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}
