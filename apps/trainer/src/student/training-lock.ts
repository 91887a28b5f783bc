import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { ProjectConfig } from '@winnow/config';
import { holdLock } from '../hold-lock';

const lockFile = ({ paths }: Pick<ProjectConfig, 'paths'>): string => path.join(paths.runs, 'train.lock');

/**
 * One command at a time trains in a project's folder, from its first look at the data to the last student.
 * @throws WinnowError as holdLock
 */
export async function withTrainingLock<T>(
  config: Pick<ProjectConfig, 'paths'>,
  command: string,
  work: () => Promise<T>,
): Promise<T> {
  await mkdir(config.paths.runs, { recursive: true });
  const release = await holdLock(lockFile(config), command, {
    what: 'Another command trains in this project',
    otherwise: 'work in a folder of its own',
  });
  try {
    return await work();
  } finally {
    await release();
  }
}
