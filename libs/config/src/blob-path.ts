import path from 'node:path';

/** Where the original file of this digest (hex) is kept: `blobs/ab/<sha256>`. */
export function blobPath(blobsDir: string, sha256: string): string {
  return path.join(blobsDir, sha256.slice(0, 2), sha256);
}
