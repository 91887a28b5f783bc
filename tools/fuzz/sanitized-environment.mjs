import { spawnSync } from 'node:child_process';
import { requireTypeScript } from '../require-typescript.mjs';

/**
 * Compiles the JPEG codec for AddressSanitizer.
 * @param {string} cacheDir a cache of its own
 * @returns {Promise<NodeJS.ProcessEnv>} of processes that are to load it
 * @throws Error where it cannot be compiled or loaded
 */
export async function sanitizedEnvironment(cacheDir) {
  const { installJpegCodec } = requireTypeScript('libs/imaging/src/index.ts');
  const { thisMachine } = requireTypeScript('libs/files/src/native/index.ts');
  const { stdout } = spawnSync('g++', ['-print-file-name=libasan.so'], { encoding: 'utf8' });
  const env = {
    WINNOW_CACHE: cacheDir,
    LD_PRELOAD: stdout.trim(),
    // What Node keeps to its end is no leak.
    ASAN_OPTIONS: 'detect_leaks=0:abort_on_error=1:handle_segv=0',
  };
  const machine = thisMachine();
  const run = (command, args, options) => {
    if (command === 'g++') return machine.run(command, ['-fsanitize=address', '-g', ...args], options);
    return machine.run(command, args, command === process.execPath ? { ...options, env } : options);
  };
  await installJpegCodec({ cacheDir, log: (line) => process.stderr.write(`${line}\n`) }, { ...machine, run });
  return { ...process.env, ...env };
}
