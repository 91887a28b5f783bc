/** A Python that reads shards, for the tests. */
import { requireTypeScript } from './require-typescript.mjs';

/**
 * Made with pip in winnow's cache on first use.
 * @returns {Promise<{ programs?: string, reason?: string }>} the folder of its programs, or why there is none
 */
export async function prepareTestPython() {
  const { pythonPrograms } = requireTypeScript('bench/src/harness/python-environment.ts');
  const { SHARD_READERS } = requireTypeScript('bench/src/harness/python-environments.ts');
  const { defaultCacheDir } = requireTypeScript('libs/files/src/native/default-cache-dir.ts');
  const io = { log: (line) => process.stderr.write(`${line}\n`), signal: new AbortController().signal };
  try {
    return { programs: await pythonPrograms(SHARD_READERS, defaultCacheDir(process.env), io) };
  } catch (error) {
    return { reason: error.message };
  }
}
