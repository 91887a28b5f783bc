import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';

interface Capture {
  begin(): void;
  end(): string;
}

/**
 * Runs something that loads native code, and keeps from the terminal what that code writes on stderr meanwhile. Without
 * the add-on it just runs.
 * @param addOn path of the compiled native/capture_stderr.cc
 * @returns what `load` returned, and what was written
 */
export function loadQuietly<Result>(
  addOn: string,
  load: () => Result,
): { readonly result: Result; readonly said: string } {
  if (!existsSync(addOn)) return { result: load(), said: '' };
  const capture = createRequire(__filename)(addOn) as Capture;
  let said = '';
  capture.begin();
  let result: Result;
  try {
    result = load();
  } finally {
    said = capture.end();
  }
  return { result, said };
}
