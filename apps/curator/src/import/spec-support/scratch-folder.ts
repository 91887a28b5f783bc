import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { encodePng } from '@winnow/imaging';
import { SeededRandom } from '@winnow/random';

/** A folder for one spec. */
export interface ScratchFolder {
  readonly path: string;
  /** @returns the absolute path */
  write(name: string, content: string | Uint8Array): string;
  remove(): void;
}

export function scratchFolder(): ScratchFolder {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'winnow-import-')));
  return {
    path: folder,
    write(name, content) {
      const file = path.join(folder, name);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, content);
      return file;
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** A PNG of noise, another for each seed. */
export async function noiseImage(seed: number, size = 32): Promise<Buffer> {
  const random = new SeededRandom(seed);
  const data = Uint8Array.from({ length: size * size * 3 }, () => random.int(256));
  return Buffer.from(await encodePng({ width: size, height: size, data }));
}
