import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { WORLD_FILE } from '@winnow/config';
import { WinnowError } from '@winnow/contracts';
import type { SourceKind, SourceOptions } from '@winnow/contracts';
import { isTableFile } from '@winnow/shards';
import { folderSource } from './folder-source';
import { img2datasetFiles } from './img2dataset-files';
import type { ImportSource } from './import-source';
import { visibleEntries } from './list-files';
import { refuseIdleFlags } from './refuse-idle-flags';
import { tableSource } from './table-source';
import { isTar, listTars, tarSource } from './tar-source';
import { worldSource } from './world-source';

/** How img2dataset names its shards. */
const SHARD = /^\d{5,}$/;

/**
 * Opens what is to be imported; tells its kind by what it holds, where the person does not.
 * @throws WinnowError FILE_NOT_FOUND; FORMAT_INVALID for what is none of the kinds; USAGE for flags of other kinds; those
 * of the kind
 */
export async function openSource(source: string, options: SourceOptions): Promise<ImportSource> {
  const facts = await stat(source).catch((cause: unknown) => {
    throw new WinnowError('FILE_NOT_FOUND', 'The source cannot be found', {
      where: source,
      next: 'Check the path.',
      cause,
    });
  });
  const kind = options.kind ?? (await detectKind(source));
  if (!facts.isDirectory() && needsFolder(source, kind)) {
    throw new WinnowError('USAGE', `A file is no source of the kind ${kind}`, {
      where: source,
      next: 'Name its folder, or say what it is with --as.',
    });
  }
  if (facts.isDirectory() && kind === 'table') {
    throw new WinnowError('USAGE', 'A folder is no table', { where: source, next: 'Name the file of the table.' });
  }
  refuseIdleFlags(source, kind, options);
  switch (kind) {
    case 'world':
      return worldSource(path.basename(source) === WORLD_FILE ? path.dirname(source) : source, options);
    case 'table':
      return tableSource(source, options);
    case 'folder':
      return folderSource(source, options);
    case 'webdataset':
      return tarSource(source, { ...options, kind });
    case 'img2dataset':
      return (await listTars(source)).length > 0
        ? tarSource(source, { ...options, kind })
        : img2datasetFiles(source, options);
  }
}

function needsFolder(source: string, kind: SourceKind): boolean {
  if (kind === 'world') return path.basename(source) !== WORLD_FILE;
  return kind === 'folder' || (kind === 'img2dataset' && !isTar(source));
}

async function detectKind(source: string): Promise<SourceKind> {
  if (!(await stat(source)).isDirectory()) return detectFileKind(source);
  if (existsSync(path.join(source, WORLD_FILE))) return 'world';
  const entries = await visibleEntries(source);
  const isShard =
    (extension: string) =>
    ({ name }: { readonly name: string }) =>
      path.extname(name) === extension && SHARD.test(path.basename(name, extension));
  if (entries.some(isShard('.parquet')) || entries.some(isShard('.tar'))) return 'img2dataset';
  const folders = entries.filter((entry) => entry.isDirectory());
  const stats = entries.some(({ name }) => /^\d{5,}_stats\.json$/.test(name));
  if (stats && folders.length > 0) return 'img2dataset';
  if ((await listTars(source)).length > 0) return 'webdataset';
  return 'folder';
}

function detectFileKind(source: string): SourceKind {
  if (path.basename(source) === WORLD_FILE) return 'world';
  if (isTableFile(source)) return 'table';
  if (isTar(source)) return 'webdataset';
  throw new WinnowError('FORMAT_INVALID', 'No kind of source that can be imported', {
    where: source,
    next: 'Name a folder, a table (.csv, .tsv, .jsonl, .parquet) or a .tar; or say what it is with --as.',
  });
}
