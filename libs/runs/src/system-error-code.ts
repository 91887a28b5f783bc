/**
 * `ENOENT` and the like of an error of node:fs, '' for anything else. Told by shape: an error from another realm
 * (a worker, a test environment) is no instance of this one's Error.
 */
export function systemErrorCode(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}
