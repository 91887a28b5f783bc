/** A Python that reads shards, for the tests. */
import { createRequire } from 'node:module';
import path from 'node:path';
import { ROOT } from './ensure-dependencies.mjs';

/**
 * Made with pip in winnow's cache on first use.
 * @returns {Promise<{ programs?: string, reason?: string }>} the folder of its programs, or why there is none
 */
export async function prepareTestPython() {
  const require = createRequire(import.meta.url);
  require(path.join(ROOT, 'apps/winnow/bin/register-typescript.js'));
  const bench = path.join(ROOT, 'bench/src');
  const { pythonPrograms } = require(path.join(bench, 'harness/python-environment.ts'));
  const { SHARD_READERS } = require(path.join(bench, 'harness/python-environments.ts'));
  const { defaultCacheDir } = require(path.join(ROOT, 'libs/tensor/src/default-cache-dir.ts'));
  const io = { log: (line) => process.stderr.write(`${line}\n`), signal: new AbortController().signal };
  try {
    return { programs: await pythonPrograms(SHARD_READERS, defaultCacheDir(process.env), io) };
  } catch (error) {
    return { reason: error.message };
  }
}
