/**
 * For the holder, on its files: a place for the ids of what guests have committed. A guest whose holder was killed asks the next one
 * whether its transaction is among them.
 */
export const PREPARE_MARKS = `
  create schema if not exists winnow_door;
  create table if not exists winnow_door.commits (id uuid primary key, at timestamptz not null default now());
  delete from winnow_door.commits where at < now() - interval '1 day'`;

/**
 * Stores a mark, in the transaction that it is for.
 * @param id its own, a UUID
 * @param known of transactions of which the answer came
 */
export const setMark = (id: string, known: readonly string[]): string =>
  `with known as (delete from winnow_door.commits where id = any('{${known.join(',')}}'))
  insert into winnow_door.commits (id) values ('${id}')`;

/** Gives a row where the transaction with this mark was committed. */
export const hasMark = (id: string): string => `select id from winnow_door.commits where id = '${id}'`;
