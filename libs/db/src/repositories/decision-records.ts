import { and, asc, eq, gt, sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import type { DecisionLogLine, DecisionsStored } from '@winnow/contracts';
import type { Database } from '../database';
import { queryColumn, queryRows, textList } from '../query';
import { decisions } from '../schema';

/** A line about an image or a pair, before it is stored. */
export type NewDecision = Pick<DecisionLogLine, 'id' | 'says' | 'batch'> & {
  readonly sha256: string;
  readonly origin: NonNullable<DecisionLogLine['origin']>;
} & Partial<Pick<DecisionLogLine, 'otherSha256' | 'settles' | 'plan' | 'chance' | 'shown' | 'note'>>;

/** Whose lines they are, and when the server had them. */
export interface DecisionAuthor {
  readonly project: string;
  readonly person: string;
  readonly at: Date;
}

/**
 * Adds lines to the log, in their order, all or none; one that is stored already stays as it is. They are in the database
 * when this returns. Images that were forgotten get none.
 */
export async function storeDecisions(
  db: Database,
  author: DecisionAuthor,
  lines: readonly NewDecision[],
): Promise<DecisionsStored> {
  return db.transaction(async (tx) => {
    const last = await takeNumbers(tx, author.project, lines.length);
    const rows = lines.map((line, index) => ({ ...line, seq: last - lines.length + 1 + index }));
    await tx.execute(sql`
      insert into decisions (id, project, seq, person, at, sha256, other_sha256, says, origin, batch, settles, plan, chance,
        shown, note)
      select id, ${author.project}, seq, ${author.person}, ${author.at.toISOString()}::timestamptz, sha256, "otherSha256",
        says, origin, batch, coalesce(settles, false), plan, chance, nullif(shown, 'null'), note
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(id uuid, seq bigint, sha256 text, "otherSha256" text,
        says text, origin text, batch uuid, settles boolean, plan uuid, chance double precision, shown jsonb, note text)
      where not exists (
        select from forgotten g where g.project = ${author.project} and g.kind = 'sha256'
          and g.value in (r.sha256, r."otherSha256"))
      on conflict (id) do nothing`);
    return acknowledge(tx, author, { ids: lines.map(({ id }) => id), last });
  });
}

/** Takes a batch back, or brings it again. */
export interface BatchStep {
  /** Of the line that this adds. */
  readonly id: string;
  readonly says: 'undo' | 'redo';
  /** Undefined: the person's newest that is not undone; the one undone last, unless the person decided something since. */
  readonly batch?: string | undefined;
}

/**
 * Adds the line that undoes or redoes a batch of the same person. Where there is nothing to undo or redo it is refused.
 */
export async function storeBatchStep(
  db: Database,
  author: DecisionAuthor,
  { id, says, batch }: BatchStep,
): Promise<DecisionsStored> {
  const { project, person, at } = author;
  return db.transaction(async (tx) => {
    const last = await takeNumbers(tx, project, 1);
    // Before a batch is chosen: of a line that is stored already, another would be.
    const isThere = (await acknowledge(tx, author, { ids: [id], last })).stored.length > 0;
    const [chosen] = isThere ? [] : await queryColumn(tx, batchFor(author, says, batch));
    if (chosen !== undefined) {
      await tx
        .insert(decisions)
        .values({ id, project, seq: last, person, at, says, batch: chosen })
        .onConflictDoNothing();
    }
    return acknowledge(tx, author, { ids: [id], last });
  });
}

/** A batch is undone where its last line undoes it. */
function batchFor({ project, person }: DecisionAuthor, says: BatchStep['says'], batch: string | undefined): SQL {
  const own = sql`project = ${project} and person = ${person}`;
  const acts = sql`
    select batch, max(seq) filter (where sha256 is not null) as decided,
      (array_agg(says order by seq desc))[1] = 'undo' as is_undone, max(seq) as seq
    from decisions where ${own} ${batch === undefined ? sql`` : sql`and batch = ${batch}::uuid`} group by batch`;
  const which = sql`select batch from (${acts}) as acts where decided is not null`;
  if (says === 'undo') return sql`${which} and not is_undone order by decided desc limit 1`;
  const newest = sql`(select max(seq) from decisions where ${own} and sha256 is not null)`;
  return sql`${which} and is_undone ${batch === undefined ? sql`and seq > ${newest}` : sql``} order by seq desc limit 1`;
}

/**
 * Lines of the log after a number, oldest first. Whoever has seen a line has seen all with a smaller number.
 * @param limit most lines of one answer; fewer are all there are
 */
export async function decisionsSince(
  db: Database,
  project: string,
  { after, limit = 10_000 }: { readonly after: number; readonly limit?: number },
): Promise<readonly DecisionLogLine[]> {
  const rows = await db
    .select()
    .from(decisions)
    .where(and(eq(decisions.project, project), gt(decisions.seq, after)))
    .orderBy(asc(decisions.seq))
    .limit(limit);
  return rows.map(({ project: _, at, ...row }) => ({ ...row, at: at.toISOString() }));
}

/** The whole log of a project, oldest first. */
export async function listDecisions(db: Database, project: string): Promise<readonly DecisionLogLine[]> {
  return decisionsSince(db, project, { after: 0, limit: 0x7fffffff });
}

/**
 * The images of a project that texts name: each its own digest, or the URL that a listing gave.
 * @returns digests by name; names of nothing are not among them
 */
export async function imagesByName(
  db: Database,
  project: string,
  names: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const rows = await queryRows<{ readonly name: string; readonly sha256: string }>(
    db,
    sql`
      with names as (select distinct unnest(${textList(names)}) as name)
      select n.name, s.sha256 from names n join sightings s on s.project = ${project} and s.sha256 = n.name
      union
      select n.name, s.sha256 from names n join hits h on h.project = ${project} and h.image_url = n.name
      join sightings s on s.hit_id = h.id
      order by 1, 2`,
  );
  const found = new Map<string, string[]>();
  for (const { name, sha256 } of rows) found.set(name, [...(found.get(name) ?? []), sha256]);
  return found;
}

/** Within a transaction: keeps others from writing to the project's log until it ends. @returns the last number taken */
async function takeNumbers(tx: Database, project: string, count: number): Promise<number> {
  // A rescued row may have lost its count.
  const [last] = await queryColumn<number | string>(
    tx,
    sql`
      insert into projects (name, last_decision) values (${project}, ${count})
      on conflict (name) do update set last_decision = ${count} + greatest(projects.last_decision,
        (select coalesce(max(seq), 0) from decisions where project = ${project}))
      returning last_decision`,
  );
  return Number(last);
}

async function acknowledge(
  tx: Database,
  { project, person }: DecisionAuthor,
  { ids, last }: { readonly ids: readonly string[]; readonly last: number },
): Promise<DecisionsStored> {
  const found = await tx
    .select({ id: decisions.id })
    .from(decisions)
    .where(
      and(
        eq(decisions.project, project),
        eq(decisions.person, person),
        // No subquery: joined to it, ten thousand lines without statistics of the table took 14 s.
        sql`${decisions.id} = any(${textList(ids)}::uuid[])`,
      ),
    );
  const known = new Set(found.map(({ id }) => id));
  return {
    stored: ids.filter((id) => known.has(id.toLowerCase())),
    refused: ids.filter((id) => !known.has(id.toLowerCase())),
    last,
  };
}
