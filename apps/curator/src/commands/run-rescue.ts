import { loadProject } from '@winnow/config';
import type { CommandInput, CommandIo, CommandResult, JsonValue } from '@winnow/contracts';
import type { RescueResult } from '@winnow/db';
import { rescueProject } from '../upkeep/rescue/rescue-project';
import type { RegisteredFiles } from '../upkeep/rescue/rescue-project';

type Rescued = RescueResult<RegisteredFiles>;

/** Rescues a project's database. @returns exit code 3 where something is lost @throws WinnowError as rescueProject does */
export async function runRescue(input: CommandInput, io: CommandIo): Promise<CommandResult> {
  const file = String(input.arguments['project']);
  const config = await loadProject(file, { cwd: io.cwd, env: io.env });
  const rescued = await rescueProject(config, io);
  const lost = describeLost(rescued, file);
  return {
    exitCode: lost.length === 0 ? 0 : 3,
    json: rescued as unknown as Record<string, JsonValue>,
    text: [...describeRescued(rescued), ...lost, `Next: \`winnow status ${file}\`, then \`winnow build ${file}\`.`],
  };
}

function describeRescued({ rows, whole, copied, damaged, damagedCopy, registered }: Rescued): readonly string[] {
  const { builds, originals, runs } = registered;
  const total = Object.keys(rows).length;
  const fromCopy = copied.length > 0 ? `, ${copied.length} more from the copy that the last command left` : '';
  const aside = damaged === null ? 'There was no database any more.' : `The damaged database is kept in ${damaged}.`;
  return [
    `A new database was made. ${aside}`,
    `Tables: ${whole.length} of ${total} read in full${fromCopy}.`,
    ...(damagedCopy === null ? [] : [`The copy was damaged, too; it is kept in ${damagedCopy}.`]),
    `Rows: ${rows.hits} listings, ${rows.images} originals, ${rows.builds} data sets, ${rows.splits} splits, ${rows.runs} runs.`,
    `From files beside: ${originals.listings} listings, ${originals.added} originals, ${builds.added.length} data sets, ${runs.added} runs.`,
  ];
}

const SPLITS = 'splits (`winnow split` makes them again)';

/** What tables hold that neither the copy nor any file tells, and what to do about it. */
const LOST_WITH: Readonly<Partial<Record<keyof Rescued['rows'], string>>> = {
  queries: 'how far queries were read (`winnow crawl` reads them again)',
  hits: 'listings that no data set holds (`winnow crawl` or `winnow import` finds them again)',
  fetches: 'what became of URLs that gave no image',
  forgotten: 'what was to be forgotten (run `winnow forget` for it again)',
  exclusions: 'what data sets left out, and why',
  splits: SPLITS,
  split_samples: SPLITS,
  embeddings: 'embeddings (`winnow embed` makes them again)',
};

/** A line for everything that could not be recovered. */
function describeLost({ whole, copied, refused, orphans, registered }: Rescued, file: string): readonly string[] {
  const { builds, originals, runs } = registered;
  // A copy never holds embeddings, which is no reason to call a rescue incomplete.
  const found = new Set<string>([...whole, ...copied, ...(copied.length > 0 ? ['embeddings'] : [])]);
  const lost = new Set(Object.entries(LOST_WITH).flatMap(([table, what]) => (found.has(table) ? [] : [what])));
  return [
    ...(lost.size > 0 ? [`Lost, where there was any: ${[...lost].join('; ')}.`] : []),
    ...Object.entries(refused).map(([table, reason]) => `Not all rows of table ${table} could be added: ${reason}.`),
    ...(orphans > 0 ? [`Dropped: ${orphans} rows that refer to lost ones.`] : []),
    ...(originals.unlisted > 0
      ? [
          `${originals.unlisted} originals are without a listing, so their classes are lost: run \`winnow crawl ${file}\` or \`winnow import\` again; the files stay.`,
        ]
      : []),
    ...countLine(originals.damaged, 'originals are damaged'),
    ...countLine(builds.unreadable, 'data sets cannot be read'),
    ...countLine(runs.lost, 'runs cannot be read, or their data set is gone'),
  ];
}

function countLine(files: readonly string[], what: string): readonly string[] {
  return files.length === 0 ? [] : [`${files.length} ${what}: ${files.slice(0, 5).join(', ')}.`];
}
