import { digestOf } from '@winnow/columns';
import type { ImageColumns } from '@winnow/columns';
import { NOISE_KINDS } from '@winnow/contracts';
import type { ImageWindow } from '@winnow/contracts';
import { openDatabase } from '@winnow/db';
import type { DatabaseHandle } from '@winnow/db';
import { sampleKey } from '@winnow/shards';
import { BUILD_ID, saveProjectRows, SPLIT_ID } from './million-project';
import type { StudioBench } from './studio-bench';
import { startStudioProcess } from './studio-process';
import { withPostgres } from './with-postgres';

type ExecuteSql = DatabaseHandle['executeSql'];

const ROWS_AT_ONCE = 20_000;
const DOUBT = '1 - greatest(clean_probability, closed_probability, open_probability)';

/** Filters of the page, and what they are in SQL. */
const FILTERS: readonly (readonly [query: string, sql: string])[] = [
  ['kind=closed', "kind = 'closed'"],
  ['kind=!c', "kind <> 'clean'"],
  ['doubt=.4-.6', `${DOUBT} between .4 and .6`],
  ['doubt=-.25&kind=o', `${DOUBT} <= .25 and kind = 'open'`],
  ['given=class 3,class 17', "class_name in ('class 3', 'class 17')"],
  ['refined=class 5&kind=x', "refined_label = 5 and kind = 'closed'"],
  ['copies=2-3', 'copies between 2 and 3'],
  ['given=!class 0&copies=4-&doubt=.3-', `class_name <> 'class 0' and copies >= 4 and ${DOUBT} >= .3`],
  [
    'q=kind = closed and (pClosed >= .5 or doubt > .55)',
    `kind = 'closed' and (closed_probability >= .5::float8 or ${DOUBT} > .55::float8)`,
  ],
  [
    "q=not class in ('class 1', 'class 2') and copies != 1 and refined = 'class 9'",
    "class_name not in ('class 1', 'class 2') and copies <> 1 and kind = 'closed' and refined_label = 9",
  ],
];

/** Check 6 on Postgres: what the page counts is what the database counts. */
export async function measurePostgresCounts({ project, folder, io }: StudioBench) {
  const counted = await withPostgres(async (url) => {
    const handle = await openDatabase({ url, stateDir: folder, holder: 'npm run bench' });
    try {
      await saveProjectRows(handle, project);
      await fillTables(handle.executeSql, project.columns);
      const studio = await startStudioProcess(project.file, io.signal, url);
      try {
        await studio.untilRead('/api/images?count=1');
        return await compare(handle.executeSql, async (query) => {
          return (await studio.json<ImageWindow>(`/api/images?count=1&${encodeURI(query)}`)).total;
        });
      } finally {
        await studio.stop();
      }
    } finally {
      await handle.close();
    }
  });
  if (counted === null) return { skipped: 'no Postgres', isHeld: null };
  return { ...counted, isHeld: counted.wrong.length === 0 };
}

async function compare(executeSql: ExecuteSql, ask: (query: string) => Promise<number>) {
  const wrong: string[] = [];
  let found = 0;
  for (const [query, sql] of FILTERS) {
    const { rows } = await executeSql(
      `select count(*)::integer as count from split_samples s join samples using (key) where split_id = $1 and build_id = $2 and ${sql}`,
      [SPLIT_ID, BUILD_ID],
    );
    const [counted, asked] = [Number(rows[0]?.['count']), await ask(query)];
    found += asked;
    if (counted !== asked) wrong.push(`${query}: ${asked}, and ${counted} in SQL`);
  }
  return { filters: FILTERS.length, found, wrong };
}

/** The tables of data set and split, as `build` and `split` would leave them. */
async function fillTables(executeSql: ExecuteSql, columns: ImageColumns): Promise<void> {
  for (let from = 0; from < columns.count; from += ROWS_AT_ONCE) {
    const rows = Array.from({ length: Math.min(ROWS_AT_ONCE, columns.count - from) }, (_, at) => from + at);
    const keys = rows.map(sampleKey);
    const of = (numbers: ArrayLike<number>): number[] => rows.map((row) => numbers[row] as number);
    await executeSql(
      `insert into samples (build_id, key, position, shard, "offset", length, sha256, class_name, label, conflicts, copies)
        select $1, key, position, 'none', 0, 0, sha256, 'class ' || label, label, '[]', copies
        from unnest($2::text[], $3::integer[], $4::text[], $5::integer[], $6::integer[]) as row (key, position, sha256, label, copies)`,
      [BUILD_ID, keys, rows, rows.map((row) => digestOf(columns, row)), of(columns.given), of(columns.copies)],
    );
    await executeSql(
      `insert into split_samples
        select $1, key, kind, clean, closed, open, refined, 0
        from unnest($2::text[], $3::text[], $4::real[], $5::real[], $6::real[], $7::integer[]) as row (key, kind, clean, closed, open, refined)`,
      [
        ...[SPLIT_ID, keys, rows.map((row) => NOISE_KINDS[columns.kind[row] as number])],
        ...[of(columns.clean), of(columns.closed), of(columns.open), of(columns.refined)],
      ],
    );
  }
}
