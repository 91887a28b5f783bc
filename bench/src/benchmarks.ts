import path from 'node:path';
import type { CommandSpec } from '@winnow/contracts';
import type { ListedCommand } from '@winnow/winnow';
import { buildCommand } from './build/build-command';
import { codecCommand } from './codec/codec-command';
import { dedupCommand } from './dedup/dedup-command';
import { harvestCommand } from './harvest/harvest-command';
import { hashesCommand } from './hashes/hashes-command';
import { layoutCommand } from './layout/layout-command';
import { loaderCommand } from './loader/loader-command';
import { shardsCommand } from './shards/shards-command';
import { stepCommand } from './step/step-command';
import { studioCommand } from './studio/studio-command';
import { studioMeasureCommand } from './studio-measure/studio-measure-command';
import { studioTryCommand } from './studio-try/studio-try-command';

/** Each loads what it needs when it runs. */
const COMMANDS: readonly CommandSpec[] = [
  buildCommand,
  codecCommand,
  dedupCommand,
  harvestCommand,
  hashesCommand,
  layoutCommand,
  loaderCommand,
  shardsCommand,
  stepCommand,
  studioCommand,
  studioMeasureCommand,
  studioTryCommand,
];

/** Scripts that read their own arguments: `FOLDER/NAME.mjs`. */
const SCRIPTS: readonly (ListedCommand & { readonly folder: string })[] = [
  { name: 'attacks', folder: 'attacks', summary: 'What hostile input costs at worst' },
  { name: 'cifar10', folder: 'cifar10', summary: 'CIFAR-10 imported, built, and its leaks found' },
  { name: 'door', folder: 'door', summary: 'One embedded database, many commands, kills' },
  { name: 'harvest-scale', folder: 'scale', summary: 'Many hosts, several workers, killed ones among them' },
  { name: 'performance', folder: 'performance', summary: 'The first tables of docs/performance.md' },
  { name: 'pgbouncer', folder: 'scale', summary: 'Queues, rows and builds by way of PgBouncer' },
  { name: 'photographs', folder: 'photographs', summary: 'Pretrained students on photographs, beside PyTorch' },
  { name: 'queue-million', folder: 'scale', summary: 'A million URLs in the queue of a Postgres server' },
  { name: 'results', folder: 'results', summary: 'Measures and renders docs/results.md' },
  { name: 'scale', folder: 'scale', summary: 'What docs/scaling.md promises, on real servers' },
  { name: 'backup-drill', folder: 'scale', summary: 'A crawl goes on from a dump of its database' },
  { name: 'network-away', folder: 'scale', summary: 'A crawl without its database, then without its store' },
  { name: 'torchrun', folder: 'scale', summary: 'One student on two processes of PyTorch' },
  { name: 'kept-outputs', folder: 'scale', summary: 'What kept outputs of the teacher save a later training' },
  { name: 'sweep', folder: 'scale', summary: 'One comparison in several processes, some of them killed' },
  { name: 'metrics', folder: 'scale', summary: 'What a worker says of itself, with its server and without' },
  { name: 'second-round', folder: 'scale', summary: 'A round of a crawl with few new hits among a million' },
  { name: 'kubernetes', folder: 'scale', summary: 'Manifests for a cluster, rendered and checked' },
  { name: 'workers-at-rest', folder: 'scale', summary: 'What workers without work ask of a Postgres server' },
  { name: 'zero-shot', folder: 'zero-shot', summary: 'What calibration does to a teacher of names' },
];

/** What `npm run bench` lists. */
export const BENCHMARKS: readonly (CommandSpec | ListedCommand)[] = [...COMMANDS, ...SCRIPTS];

/** @throws Error for one that is a script */
export function commandNamed(name: string): CommandSpec {
  const found = COMMANDS.find((command) => command.name === name);
  if (found === undefined) throw new Error(`no command ${name}`);
  return found;
}

/** The file of a benchmark that is a script. */
export function scriptNamed(name: string | undefined): string | undefined {
  const script = SCRIPTS.find((one) => one.name === name);
  return script && path.join(__dirname, script.folder, `${script.name}.mjs`);
}
