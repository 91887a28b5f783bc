import { sql } from 'drizzle-orm';
import type { Database } from '../database';

/** Whether anything was ever crawled or imported for a project in this database. */
export async function isProjectKnown(db: Database, project: string): Promise<boolean> {
  const { rows } = (await db.execute(sql`select from projects where name = ${project}`)) as unknown as {
    rows: readonly unknown[];
  };
  return rows.length > 0;
}
