import type { CommandSpec } from '@winnow/contracts';
import { buildCommand } from './build';

/** What this app adds to the command line. */
export const commands: readonly CommandSpec[] = [buildCommand];
