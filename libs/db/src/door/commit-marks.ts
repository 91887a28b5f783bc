/**
 * For the holder, on its files: a place for the ids of what guests have committed. A guest whose holder was killed asks the next one
 * whether its transaction is among them.
 */
export const PREPARE_MARKS = `
  create schema if not exists winnow_door;
  create table if not exists winnow_door.commits (id uuid primary key, at timestamptz not null default now());
  delete from winnow_door.commits where at < now() - interval '1 day'`;

/** Last statement of a transaction. @param id a UUID */
export const setMark = (id: string): string => `insert into winnow_door.commits (id) values ('${id}')`;

/** Gives a row where the transaction with this mark was committed. */
export const hasMark = (id: string): string => `select id from winnow_door.commits where id = '${id}'`;

/** Of transactions of which it is known. @param ids UUIDs */
export const forgetMarks = (ids: readonly string[]): string =>
  `delete from winnow_door.commits where id = any('{${ids.join(',')}}')`;
