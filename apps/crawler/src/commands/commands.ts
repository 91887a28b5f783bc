import type { CommandSpec } from '@winnow/contracts';
import { crawlCommand } from './crawl-command';
import { enginesCommand } from './engines-command';
import { forgetCommand } from './forget-command';
import { workerCommand } from './worker-command';

/** The commands that this app owns. Loading this file loads nothing heavy. */
export const commands: readonly CommandSpec[] = [crawlCommand, workerCommand, enginesCommand, forgetCommand];
