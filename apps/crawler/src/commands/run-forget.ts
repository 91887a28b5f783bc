import path from 'node:path';
import { loadProject } from '@winnow/config';
import type { ProjectConfig } from '@winnow/config';
import { isWinnowError, WinnowError } from '@winnow/contracts';
import type { CommandInput, CommandIo, CommandResult } from '@winnow/contracts';
import { answersToForget, countProjects, forgetImages, withProjectDatabase } from '@winnow/db';
import type { Database, ForgetResult, ForgetTargets } from '@winnow/db';
import { ENCODING_CACHE, removeEncodingCache } from '@winnow/shards';
import { answersOf, blobPlace, originalsOf, requireStore } from '@winnow/store';
import type { BlobStore } from '@winnow/store';
import { forgetTargets } from './forget-targets';

/**
 * Forgets images of a project. Answers of engines go first, then all rows in one transaction, then the files: stopped
 * anywhere, the same command finishes what was left.
 * @throws WinnowError USAGE, FILE_NOT_WRITABLE, those of the configuration and the database
 */
export async function runForget(input: CommandInput, io: CommandIo): Promise<CommandResult> {
  const file = String(input.arguments['project']);
  const targets = forgetTargets([input.arguments['what'] ?? []].flat());
  const config = await loadProject(file, { cwd: io.cwd, env: io.env });
  return withProjectDatabase(config, { holder: 'winnow forget' }, io, async ({ db }) => {
    const { result, responses, files } = await forget(db, config, targets);
    return {
      exitCode: 0,
      json: {
        project: config.name,
        remembered: { urls: targets.urls.length, hosts: targets.hosts, digests: targets.digests },
        removed: { hits: result.hits, urls: result.urls, images: result.images, files, answers: responses },
        kept: result.shared,
        builds: result.builds.map(({ id, keys }) => ({
          build: id,
          keys,
          directory: path.join(config.paths.builds, id),
        })),
        copies: result.copies,
      },
      text: report(result, { file, files, buildsDir: config.paths.builds }),
    };
  });
}

async function forget(
  db: Database,
  config: ProjectConfig,
  targets: ForgetTargets,
): Promise<{ readonly result: ForgetResult; readonly responses: number; readonly files: number }> {
  await requireStore(db, config.store);
  const place = blobPlace(config);
  const listed = await answersToForget(db, config.name, targets);
  // In a store that several projects share, another's worker may just be storing them: `winnow gc` removes them a day later.
  if (config.store !== undefined && (await countProjects(db)) > 1) {
    return { result: await forgetImages(db, config.name, targets), responses: 0, files: 0 };
  }
  const responses = await removeFiles(answersOf(place), listed);
  const result = await forgetImages(db, config.name, targets);
  const files = await removeFiles(originalsOf(place), result.unreferenced);
  // It may hold them, too; the next build does without.
  await removeEncodingCache(config.paths.state).catch((error: unknown) => {
    throw notRemoved(path.join(config.paths.state, ENCODING_CACHE), error);
  });
  return { result, responses, files };
}

/** @returns how many were there @throws WinnowError FILE_NOT_WRITABLE, STORE_UNREACHABLE */
async function removeFiles(blobs: BlobStore, digests: readonly string[]): Promise<number> {
  let removed = 0;
  for (const digest of digests) {
    if ((await blobs.sizeOf(digest)) === null) continue;
    await blobs.remove([digest]).catch((error: unknown) => {
      if (isWinnowError(error) && error.code === 'STORE_UNREACHABLE') throw error;
      throw notRemoved(blobs.placeOf(digest), error);
    });
    removed += 1;
  }
  return removed;
}

function notRemoved(where: string, cause: unknown): WinnowError {
  return new WinnowError('FILE_NOT_WRITABLE', 'A file that is to be forgotten cannot be removed', {
    where,
    next: 'Check the permissions of the folder and run the same command again.',
    cause,
  });
}

function report(
  { hits, urls, images, shared, builds, copies }: ForgetResult,
  { file, files, buildsDir }: { readonly file: string; readonly files: number; readonly buildsDir: string },
): readonly string[] {
  const lines = [
    `Forgotten: ${images.length} images, ${urls} image URLs, ${hits} listings; ${files} files removed.` +
      ' They are not listed or stored again.',
  ];
  const isNew = images.length + urls + hits > 0;
  if (!isNew) lines.push('Nothing that is stored is from there.');
  if (!isNew && shared.length + builds.length + copies.length > 0) lines.push('Of what was to be forgotten earlier:');
  if (shared.length > 0) {
    lines.push(`${shared.length} files stay, as another project of this database has them: ${some(shared)}.`);
  }
  for (const { id, keys } of builds) {
    lines.push(`Build ${id} holds ${keys.length} forgotten images: ${some(keys)}.`);
  }
  if (builds.length > 0) {
    lines.push(
      `Run \`winnow build ${file}\` for a data set without them, then delete those builds in ${buildsDir}` +
        ' and what was made from them: runs, reports, copies elsewhere.',
    );
  }
  if (copies.length > 0) {
    lines.push(`A build took ${copies.length} other images for copies of them; they stay: ${some(copies)}.`);
  }
  return lines;
}

/** The first few of a list. */
function some(items: readonly string[]): string {
  return `${items.slice(0, 10).join(', ')}${items.length > 10 ? ', ...' : ''}`;
}
