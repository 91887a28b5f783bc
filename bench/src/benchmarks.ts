import type { CommandSpec } from '@winnow/contracts';
import { harvestCommand } from './harvest/harvest-command';
import { hashesCommand } from './hashes/hashes-command';
import { shardsCommand } from './shards/shards-command';

/** What `npm run bench` lists. Each loads what it needs when it runs. */
export const BENCHMARKS: readonly CommandSpec[] = [harvestCommand, hashesCommand, shardsCommand];
