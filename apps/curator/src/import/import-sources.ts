import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { writeFileAtomic } from '@winnow/runs';
import type { SourceOptions } from './import-source';

/** Where a source was when it was imported, and how it was read: `winnow verify --repair` reads it again. */
export interface RecordedSource {
  /** Absolute. */
  readonly path: string;
  readonly options: SourceOptions;
}

const FILE = 'imports.json';

/** Records a source in the folder of the project's state; one of the same path and name is replaced. */
export async function recordSource(stateDir: string, source: RecordedSource): Promise<void> {
  const others = (await recordedSources(stateDir)).filter((other) => keyOf(other) !== keyOf(source));
  await mkdir(stateDir, { recursive: true });
  await writeFileAtomic(path.join(stateDir, FILE), `${JSON.stringify([...others, source], null, 2)}\n`);
}

/** In the order of their last import; none where the list is missing or damaged: it only saves a person some typing. */
export async function recordedSources(stateDir: string): Promise<readonly RecordedSource[]> {
  try {
    const found: unknown = JSON.parse(await readFile(path.join(stateDir, FILE), 'utf8'));
    return Array.isArray(found) ? found.filter(isSource) : [];
  } catch {
    return [];
  }
}

function keyOf({ path: place, options }: RecordedSource): string {
  return JSON.stringify([place, options.name]);
}

function isSource(value: unknown): value is RecordedSource {
  const source = value as Partial<RecordedSource> | null;
  return typeof source?.path === 'string' && typeof source.options?.maxBytes === 'number';
}
