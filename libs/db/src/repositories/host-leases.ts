import { sql } from 'drizzle-orm';
import type { Database } from '../database';

/** A host that this process alone may send requests to for a while. */
export interface HostLease {
  readonly host: string;
  /** Until the next request may start, by what others have sent before. */
  readonly waitMillis: number;
  /** Until the host asked to be left alone; 0 for most. */
  readonly suspendedMillis: number;
}

type Row = Readonly<Record<string, unknown>>;

/**
 * Takes hosts for a holder, so that many processes together are as gentle as one. Those that another living holder has
 * are not among the result. Times are the database's, as clocks of machines differ.
 */
export async function takeHosts(
  db: Database,
  {
    holder,
    hosts,
    leaseMillis,
  }: { readonly holder: string; readonly hosts: readonly string[]; readonly leaseMillis: number },
): Promise<readonly HostLease[]> {
  const { rows } = (await db.execute(sql`
    insert into hosts (host, lease_holder, lease_until)
    select host, ${holder}, clock_timestamp() + ${leaseMillis} * interval '1 millisecond'
    from unnest(${sql.param([...hosts].sort())}::text[]) as wanted(host) order by host
    on conflict (host) do update set lease_holder = excluded.lease_holder, lease_until = excluded.lease_until
    where hosts.lease_holder is null or hosts.lease_until < clock_timestamp() or hosts.lease_holder = excluded.lease_holder
    returning host,
      greatest(0, extract(epoch from next_allowed_at - clock_timestamp()) * 1000) as wait_millis,
      greatest(0, extract(epoch from suspended_until - clock_timestamp()) * 1000) as suspended_millis`)) as unknown as {
    rows: Row[];
  };
  return rows.map((row) => ({
    host: String(row['host']),
    waitMillis: Math.ceil(Number(row['wait_millis'] ?? 0)),
    suspendedMillis: Math.ceil(Number(row['suspended_millis'] ?? 0)),
  }));
}

/** Gives hosts back, with the time until the next request may start at each. */
export async function giveHostsBack(
  db: Database,
  holder: string,
  hosts: readonly { readonly host: string; readonly waitMillis: number }[],
): Promise<void> {
  if (hosts.length === 0) return;
  const sorted = [...hosts].sort((a, b) => (a.host < b.host ? -1 : 1));
  await db.execute(sql`
    update hosts h set lease_holder = null, lease_until = null,
      next_allowed_at = clock_timestamp() + r.wait_millis * interval '1 millisecond'
    from (select host, wait_millis from unnest(${sql.param(sorted.map(({ host }) => host))}::text[],
      ${sql.param(sorted.map(({ waitMillis }) => Math.ceil(waitMillis)))}::float8[]) as u(host, wait_millis)) r
    where h.host = r.host and h.lease_holder = ${holder}`);
}

/**
 * Keeps hosts of a holder for longer. What else is still marked as the holder's runs out by itself.
 * @returns those that it still has
 */
export async function keepHosts(
  db: Database,
  holder: string,
  { hosts, leaseMillis }: { readonly hosts: readonly string[]; readonly leaseMillis: number },
): Promise<ReadonlySet<string>> {
  if (hosts.length === 0) return new Set();
  const { rows } = (await db.execute(sql`
    update hosts set lease_until = clock_timestamp() + ${leaseMillis} * interval '1 millisecond'
    where lease_holder = ${holder} and host = any(${sql.param([...hosts])}::text[]) returning host`)) as unknown as {
    rows: Row[];
  };
  return new Set(rows.map((row) => String(row['host'])));
}

/** Says before a request is sent, or when a host asks for a pause, how long nobody may ask again: in case of a sudden end. */
export async function postponeHost(db: Database, host: string, waitMillis: number): Promise<void> {
  await db.execute(sql`
    update hosts set next_allowed_at = greatest(next_allowed_at, clock_timestamp() + ${Math.ceil(waitMillis)} * interval '1 millisecond')
    where host = ${host}`);
}

/** Takes all hosts from whoever has them: for a database that only this process uses. */
export async function freeHosts(db: Database): Promise<void> {
  await db.execute(sql`update hosts set lease_holder = null, lease_until = null where lease_holder is not null`);
}
