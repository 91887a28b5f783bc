import type { CommandSpec } from '@winnow/contracts';
import { bundleCommand } from './bundle';
import { configCommand } from './config';
import { demoCommand } from './demo';
import { doctorCommand } from './doctor';
import { initCommand } from './init';
import { runCommand } from './run';
import { statusCommand } from './status';

/** Commands that the front door itself owns. */
export const commands: readonly CommandSpec[] = [
  bundleCommand,
  configCommand,
  demoCommand,
  doctorCommand,
  initCommand,
  runCommand,
  statusCommand,
];
