import { readFile, stat } from 'node:fs/promises';
import { WinnowError } from '@winnow/contracts';

/** What a JSON file may be, and what is said where it is not. */
interface JsonFileRules {
  readonly maxBytes: number;
  readonly missing: { readonly message: string; readonly next: string };
  /** Of a file that is too large or not JSON. @param what such as `it is not JSON` */
  invalid(what: string): WinnowError;
}

/**
 * Reads a JSON file that may be anything.
 * @throws WinnowError FILE_NOT_FOUND, or what `invalid` makes
 */
export async function readJsonFile(file: string, { maxBytes, missing, invalid }: JsonFileRules): Promise<unknown> {
  const found = await stat(file).catch((cause: unknown) => {
    throw new WinnowError('FILE_NOT_FOUND', missing.message, { where: file, next: missing.next, cause });
  });
  if (found.size > maxBytes) throw invalid(`it is larger than ${maxBytes} bytes`);
  try {
    return JSON.parse(await readFile(file, 'utf8')) as unknown;
  } catch {
    throw invalid('it is not JSON');
  }
}
