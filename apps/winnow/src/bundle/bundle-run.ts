import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { loadProject } from '@winnow/config';
import type { ProjectConfig } from '@winnow/config';
import { WinnowError } from '@winnow/contracts';
import type { CommandInput, CommandIo, CommandResult, JsonValue } from '@winnow/contracts';
import { listBuilds, withProjectDatabase } from '@winnow/db';
import type { BuildRecord } from '@winnow/db';
import { fileError, settleFolder, writeFileAtomic, writeWholeFolder } from '@winnow/files';
import { projectFile } from '../commands/project-argument';
import { runCommand } from '../commands/run-step';
import { bundleReadme } from './bundle-readme';
import type { ListedRun } from './bundle-readme';
import { BUNDLE_FILE, listBundle, requireBundleFolder } from './bundle-files';

/** In a bundle, beside its list and README. */
const PARTS = {
  model: 'model',
  dataCard: 'data-card.md',
  attribution: 'ATTRIBUTION.tsv',
  corrections: 'corrections.csv',
  report: 'report.html',
} as const;

/**
 * Writes all that somebody needs who gets a student, into one folder that appears when it is whole.
 * @throws WinnowError as the commands `export`, `report` and `review`; MISSING_INPUT where the run's data set is gone,
 *   FILE_NOT_WRITABLE where something else is at the folder
 */
export async function bundleRun(input: CommandInput, io: CommandIo): Promise<CommandResult> {
  const file = projectFile(input);
  const config = await loadProject(file, { cwd: io.cwd, env: io.env });
  const run = await chooseRun(file, input, io);
  const { id: build, forgottenKeys } = await buildOf(config, run, io);
  const out = path.resolve(io.cwd, String(input.options['out'] ?? path.join('bundle', run.name)));
  const mayReplace = (): Promise<boolean> => requireBundleFolder(out);
  await settleFolder(out);
  await mayReplace();
  let exported: CommandResult | undefined;
  await writeWholeFolder(out, mayReplace, async (draft) => {
    const at = (name: string): string => path.join(draft, name);
    const step = (command: string, source: string, options: CommandInput['options']) =>
      runCommand(command, { arguments: { [source]: file }, options }, io);
    const { format, precision } = input.options;
    const kinds = { ...(format !== undefined && { format }), ...(precision !== undefined && { precision }) };
    exported = await step('export', 'source', { ...kinds, run: run.folder, out: at(PARTS.model) });
    await step('report', 'project', { output: at(PARTS.report), dataCard: at(PARTS.dataCard), build });
    await step('review', 'project', { corrections: at(PARTS.corrections) });
    const attribution = path.join(config.paths.builds, build, PARTS.attribution);
    const lines = await readFile(attribution, 'utf8').catch((error: unknown) => {
      throw fileError(error, attribution);
    });
    await writeFileAtomic(at(PARTS.attribution), withoutKeys(lines, new Set(forgottenKeys)));
    await writeFileAtomic(at('README.md'), bundleReadme({ project: config.name, run, build, parts: PARTS }));
    await writeFileAtomic(
      at(BUNDLE_FILE),
      `${JSON.stringify(await listBundle(draft, { project: config.name, run: run.name, build }), null, 2)}\n`,
    );
  });
  return {
    exitCode: 0,
    json: { out, run: run.name, build, exports: exported?.json['exports'] as JsonValue },
    text: [
      `Bundle of the run ${run.name}: ${out}`,
      'It has the weights, model card, data card, attribution, corrections and report; README.md says what is what.',
      `As one file: tar -czf ${path.basename(out)}.tar.gz -C ${path.dirname(out)} ${path.basename(out)}`,
    ],
  };
}

/** The run that `winnow export` would take. */
async function chooseRun(
  project: string,
  { options: { run: wanted } }: CommandInput,
  io: CommandIo,
): Promise<ListedRun> {
  const listed = await runCommand('runs', { arguments: { project }, options: {} }, io);
  const runs = listed.json['runs'] as unknown as readonly ListedRun[];
  const chosen = runs.find(({ name, folder, isFinished, isBest, isNewest }) => {
    if (!isFinished || wanted === undefined) return isFinished && isNewest;
    if (wanted === 'best' && isBest) return true;
    return name === wanted || path.resolve(io.cwd, folder) === path.resolve(io.cwd, String(wanted));
  });
  if (chosen !== undefined) return chosen;
  const what = wanted === undefined ? 'There is no finished run' : `There is no finished run ${String(wanted)}`;
  throw new WinnowError('MISSING_INPUT', what, {
    where: project,
    next: `Run \`winnow train ${project}\`, or look at \`winnow runs ${project}\`.`,
  });
}

/** A table that begins with the keys of images, without those of some. */
function withoutKeys(table: string, keys: ReadonlySet<string>): string {
  const isKept = (line: string): boolean => !keys.has(line.split('\t', 1)[0] as string);
  return table.split('\n').filter(isKept).join('\n');
}

async function buildOf(
  config: ProjectConfig,
  { buildDigest }: ListedRun,
  io: CommandIo,
): Promise<Pick<BuildRecord, 'id' | 'forgottenKeys'>> {
  const builds = await withProjectDatabase(
    config,
    { holder: 'winnow bundle', create: false, isBrief: true },
    io,
    ({ db }) => listBuilds(db, config.name),
  );
  const found = builds.find(({ digest }) => digest === buildDigest);
  if (found !== undefined) return found;
  throw new WinnowError('MISSING_INPUT', 'The data set that this run learnt from is gone', {
    where: buildDigest,
    next: 'Bundle a run of a data set that is there.',
  });
}
