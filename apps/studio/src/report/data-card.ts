import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { loadProject } from '@winnow/config';
import type { ProjectConfig } from '@winnow/config';
import { WinnowError } from '@winnow/contracts';
import type { CommandIo, SplitMeasured } from '@winnow/contracts';
import { latestBuild, listSamples, listSplits, listSplitSamples, withProjectDatabase } from '@winnow/db';
import type { BuildRecord, Database } from '@winnow/db';
import { fileError } from '@winnow/files';
import { splitMeasured } from '@winnow/review';
import { measuredLines, measuredText } from '@winnow/runs';
import { measureStoredSplit } from '../measure/measure-stored-split';
import { requireBuild } from './project-records';

const BUILD_CARD = 'README.md';

/**
 * The card of a data set for people who have the card alone: that of the build, and what people measured of its labels, or
 * of those of the data set that it was cleaned of. The card in the build's own folder stays as it was written.
 * @param project its file
 * @param build first characters of its id; undefined: the newest
 * @throws WinnowError MISSING_INPUT where there is none, FILE_NOT_FOUND where its folder is gone
 */
export async function dataCard(project: string, build: string | undefined, io: CommandIo): Promise<string> {
  const config = await loadProject(project, { cwd: io.cwd, env: io.env });
  return withProjectDatabase(config, { holder: 'winnow report', create: false, isBrief: true }, io, ({ db }) =>
    cardOf(db, config, build),
  );
}

async function cardOf(db: Database, config: ProjectConfig, build: string | undefined): Promise<string> {
  const record = await chooseBuild(db, config, build);
  const file = path.join(config.paths.builds, record.id, BUILD_CARD);
  const card = await readFile(file, 'utf8').catch((error: unknown) => {
    throw fileError(error, file);
  });
  return `${withoutFrontMatter(card).trimEnd()}\n\n${(await measuredSection(db, config, record)).join('\n')}`;
}

async function chooseBuild(db: Database, config: ProjectConfig, id: string | undefined): Promise<BuildRecord> {
  const found = id === undefined ? await latestBuild(db, config.name) : await requireBuild(db, config, id);
  if (found !== undefined) return found;
  throw new WinnowError('MISSING_INPUT', 'There is no data set yet', {
    where: config.paths.file,
    next: 'Run `winnow build` first.',
  });
}

/** The head is for the Hugging Face hub, which wants the shards beside it. */
function withoutFrontMatter(card: string): string {
  return card.replace(/^---\n[\s\S]*?\n---\n+/, '');
}

async function measuredSection(db: Database, config: ProjectConfig, record: BuildRecord): Promise<readonly string[]> {
  const found = await newestMeasure(db, config, record);
  if (found === null) return ['## Measured', '', 'Nobody has measured how many of the labels are right.', ''];
  const { measured, judged } = found;
  const { labels, isOfCleaned } = measured;
  const wrong = isOfCleaned ? 'have a wrong label in it' : 'had a wrong label when they were collected';
  const noise = labels && { share: 1 - labels.share, low: 1 - labels.high, high: 1 - labels.low };
  return [
    '## Measured',
    '',
    ...(noise ? [`- label noise: ${measuredText(noise)} of the images ${wrong}, with a 95 % interval`] : []),
    `- looked at: images of the data set \`${judged}\`${judged === record.id ? '' : ', of which this one was cleaned'}`,
    `- kinds: those of the split \`${measured.splitId}\``,
    '',
    ...measuredLines(measured),
  ];
}

/** By the split that it was cleaned by, else by the newest that somebody measured. */
async function newestMeasure(
  db: Database,
  { name, classes }: ProjectConfig,
  record: BuildRecord,
): Promise<{ readonly measured: SplitMeasured; readonly judged: string } | null> {
  const cleaned = (record.config as { readonly split?: { readonly id: string; readonly build: string } } | null)?.split;
  const judged = cleaned?.build ?? record.id;
  const build = judged === record.id ? record : await latestBuild(db, name, judged);
  const samples = await listSamples(db, judged);
  const splits = await listSplits(db, name, judged);
  for (const split of cleaned === undefined ? splits : splits.filter(({ id }) => id === cleaned.id)) {
    const rows = await listSplitSamples(db, split.id);
    const stored = { split, rows, samples, classes: classes.map((one) => one.name) };
    const measured = splitMeasured(await measureStoredSplit(db, stored), build);
    if (measured !== null) return { measured, judged };
  }
  return null;
}
