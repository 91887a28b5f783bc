import type { CommandSpec } from '@winnow/contracts';
import { dedupCommand } from './dedup/dedup-command';
import { harvestCommand } from './harvest/harvest-command';
import { hashesCommand } from './hashes/hashes-command';
import { loaderCommand } from './loader/loader-command';
import { shardsCommand } from './shards/shards-command';
import { stepCommand } from './step/step-command';

/** What `npm run bench` lists. Each loads what it needs when it runs. */
export const BENCHMARKS: readonly CommandSpec[] = [
  dedupCommand,
  harvestCommand,
  hashesCommand,
  loaderCommand,
  shardsCommand,
  stepCommand,
];
