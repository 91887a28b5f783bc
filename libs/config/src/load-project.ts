import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { WinnowError } from '@winnow/contracts';
import { applyOverrides, environmentOverrides } from './environment/overrides';
import type { Override } from './environment/overrides';
import { configError } from './config-error';
import { parseProjectYaml } from './parse-project-yaml';
import type { ProjectConfig } from './project-config';
import { projectSchema } from './project-schema';
import { storeAddress } from './environment/store-address';

export interface LoadProjectOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Values from flags, by dotted key: `['train.epochs', 3, '--epochs']`. Undefined values are ignored. */
  readonly overrides?: readonly Override[];
}

const DEFAULT_STUDENT = 'resnet8';
const MAX_FILE_BYTES = 16 * 1024 * 1024;

/**
 * Reads a project file. Precedence: flags, then environment (WINNOW_<SECTION>_<KEY>, DATABASE_URL), then the file,
 * then defaults.
 * @throws WinnowError FILE_NOT_FOUND; CONFIG_INVALID naming file, line, key, what was expected and what was found
 */
export async function loadProject(file: string, options: LoadProjectOptions): Promise<ProjectConfig> {
  const absolute = path.resolve(options.cwd, file);
  const raw = parseProjectYaml(await readProjectFile(absolute, file), file);
  refuseClassList(raw.value, file);
  const overrides = [...environmentOverrides(options.env), ...(options.overrides ?? [])];
  const input = applyOverrides(raw.value, overrides);
  const result = projectSchema.safeParse(input);
  if (!result.success) {
    throw configError(result.error, { file, input, lineOf: raw.lineOf, sourceOf: (keys) => sourceOf(overrides, keys) });
  }
  const root = path.dirname(absolute);
  const state = path.join(root, '.winnow');
  const { student } = result.data;
  return deepFreeze({
    ...result.data,
    student: {
      ...student,
      // Only the weights say more.
      model: student.model === 'auto' && student.weights === undefined ? DEFAULT_STUDENT : student.model,
    },
    paths: {
      file: absolute,
      root,
      state,
      blobs: path.join(state, 'blobs'),
      builds: path.join(state, 'builds'),
      runs: path.join(state, 'runs'),
    },
    databaseUrl: options.env['DATABASE_URL'] || undefined,
    store: storeAddress(options.env),
  });
}

async function readProjectFile(absolute: string, shown: string): Promise<string> {
  try {
    const text = await readFile(absolute);
    if (text.byteLength > MAX_FILE_BYTES) {
      throw new WinnowError('CONFIG_INVALID', `The project file is larger than ${MAX_FILE_BYTES} bytes`, {
        where: shown,
      });
    }
    return text.toString('utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw new WinnowError('FILE_NOT_FOUND', 'There is no such project file', {
        where: shown,
        next: 'Check the path, or make one with `winnow init CLASSES.txt`.',
        cause: error,
      });
    }
    if (code === 'EISDIR') {
      throw new WinnowError('USAGE', 'The project file is a folder', {
        where: shown,
        next: 'Name the YAML file in it.',
      });
    }
    if (code === 'EACCES' || code === 'EPERM') {
      throw new WinnowError('FILE_NOT_FOUND', 'The project file cannot be read', {
        where: shown,
        next: 'Check its permissions.',
      });
    }
    throw error;
  }
}

/** @throws WinnowError CONFIG_INVALID */
function refuseClassList(value: unknown, file: string): void {
  const isList = Array.isArray(value) && value.every((item) => typeof item === 'string');
  if (typeof value !== 'string' && !isList) return;
  throw new WinnowError('CONFIG_INVALID', 'This is a class list, not a project file', {
    where: file,
    next: `\`winnow init ${file}\` writes a project file for it.`,
  });
}

/** Where the value of this key comes from, if not from the file. */
function sourceOf(overrides: readonly Override[], keys: readonly PropertyKey[]): string | undefined {
  const key = keys.join('.');
  const override = overrides.findLast(([name, value]) => name === key && value !== undefined);
  return override && (override[2] ?? 'command line option');
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}
