import { sql } from 'drizzle-orm';
import type { Database, ExecuteSql } from '../database';

/** Lets SQL with numbered parameters run within a transaction of ours. */
export function transactionSql(tx: Database): ExecuteSql {
  return async (text, values = []) => {
    const parts = text.split(/\$(\d+)/);
    const query = sql.join(
      parts.map((part, index) => (index % 2 === 0 ? sql.raw(part) : sql.param(values[Number(part) - 1]))),
    );
    return (await tx.execute(query)) as unknown as { rows: Record<string, unknown>[] };
  };
}
