import type { CommandSpec } from '@winnow/contracts';
import { buildCommand } from './build';
import { dbCommand } from './db';
import { diffCommand } from './diff';
import { gcCommand } from './gc';
import { importCommand } from './import';
import { storeCommand } from './store';
import { verifyCommand } from './verify';

/** What this app adds to the command line. */
export const commands: readonly CommandSpec[] = [
  buildCommand,
  importCommand,
  verifyCommand,
  diffCommand,
  gcCommand,
  dbCommand,
  storeCommand,
];
