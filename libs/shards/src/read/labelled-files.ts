import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { isWinnowError, WinnowError } from '@winnow/contracts';
import { stableJson, systemErrorCode } from '@winnow/files';
import { MANIFEST_FILES } from '../manifest/build-manifest';
import { listTable } from './labelled-table';
import type { LabelledFile } from './labelled-table';
import { loadManifest } from '../manifest/load-manifest';
import { readMember } from './read-member';
import { readShardIndex } from '../tar/read-shard-index';
import { isTableFile } from '../tables/open-table';

/**
 * Lists images that a person labelled: a folder with one folder per class (images at any depth in it), a tar whose members are CLASS/NAME, a table
 * (CSV, JSONL, Parquet) with the columns path and class, or a data set that winnow built.
 * Sorted by key; hidden files are left out; nothing is opened as an image.
 * @throws WinnowError FILE_NOT_FOUND, FORMAT_INVALID where there are none or a member has another name, DATA_CORRUPT
 */
export async function listLabelledFiles(source: string): Promise<readonly LabelledFile[]> {
  const found = await stat(source).catch((cause: unknown) => {
    throw new WinnowError('FILE_NOT_FOUND', 'The labelled images cannot be found', {
      where: source,
      next: 'Check the path.',
      cause,
    });
  });
  if (!found.isDirectory() && !found.isFile()) {
    throw new WinnowError('FORMAT_INVALID', 'The labelled images are neither a folder nor a file', {
      where: source,
      next: 'Name a folder per class, a tar of CLASS/NAME, a table or a data set.',
    });
  }
  const files = await (found.isDirectory()
    ? listFolder(source)
    : isTableFile(source)
      ? listTable(source)
      : listTar(source));
  if (files.length === 0) {
    throw new WinnowError('FORMAT_INVALID', 'There are no images', {
      where: source,
      next: 'Put them into one folder per class.',
    });
  }
  return files.sort((a, b) => (a.key < b.key ? -1 : 1));
}

async function listFolder(source: string): Promise<LabelledFile[]> {
  if (existsSync(path.join(source, MANIFEST_FILES.dataset))) return listBuild(source);
  const files: LabelledFile[] = [];
  for (const className of await readdir(source)) {
    const folder = path.join(source, className);
    if (className.startsWith('.') || !(await statOf(folder)).isDirectory()) continue;
    // At any depth, as `winnow import` reads them.
    for (const name of await readdir(folder, { recursive: true })) {
      const file = path.join(folder, name);
      const parts = name.split(path.sep);
      if (parts.some((part) => part.startsWith('.')) || !(await statOf(file)).isFile()) continue;
      files.push({ key: [className, ...parts].join('/'), className, read: () => readFile(file) });
    }
  }
  return files;
}

async function statOf(file: string): Promise<Stats> {
  return stat(file).catch((cause: unknown) => {
    const code = systemErrorCode(cause);
    if (code === '') throw cause;
    throw new WinnowError('FORMAT_INVALID', `A file among the labelled images cannot be used (${code})`, {
      where: file,
      next: 'If it is a link, its target is gone: remove or replace it.',
      cause,
    });
  });
}

/** These images are somebody's, and no build of the project: what its files say is to be done does not help. */
async function orGetAgain<T>(work: Promise<T>): Promise<T> {
  return work.catch((error: unknown) => {
    if (!isWinnowError(error)) throw error;
    const { code, message, where } = error;
    throw new WinnowError(code, message, {
      ...(where === undefined ? {} : { where }),
      next: 'Get it again, or name another: a folder per class, a tar of CLASS/NAME, a table or a data set.',
      cause: error,
    });
  });
}

async function listBuild(source: string): Promise<LabelledFile[]> {
  const { samples } = await orGetAgain(loadManifest(source));
  return samples.map(({ key, className, shard, offset, length }) => ({
    key: `${className}/${key}`,
    className,
    read: () => orGetAgain(readMember(path.join(source, shard), offset, length)),
  }));
}

async function listTar(source: string): Promise<LabelledFile[]> {
  const members = await orGetAgain(readShardIndex(source));
  return members.map(({ name, offset, length }) => {
    const parts = name.replace(/^\.\//, '').split('/');
    if (parts.length !== 2) {
      const shown = JSON.stringify(name.slice(0, 100));
      throw new WinnowError('FORMAT_INVALID', `A member of the tar is not CLASS/NAME: ${shown}`, { where: source });
    }
    const read = () => orGetAgain(readMember(source, offset, length));
    return { key: parts.join('/'), className: parts[0] as string, read };
  });
}

/** Over names and bytes of all images, 64 hex digits. @throws WinnowError as reading them */
export async function digestLabelledFiles(files: readonly LabelledFile[]): Promise<string> {
  const named: [string, string][] = [];
  for (const file of files) named.push([file.key, sha256Of(await file.read())]);
  return sha256Of(stableJson(named));
}

function sha256Of(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}
