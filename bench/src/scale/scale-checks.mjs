/**
 * What docs/scaling.md promises, as checks: each is a part of specs that real servers run in, or a script of this
 * folder. Those without either are not built or not measured, and say so.
 */
const OBJECTS = 'libs/store/src/object-store.spec.ts';
const FAULTS = 'libs/store/src/faulty-store.spec.ts';
const OWNER = 'libs/store/src/require-store.spec.ts';
const COPY = 'apps/curator/src/upkeep/store/copy-store.spec.ts';
const WORKER = 'apps/crawler/src/jobs/worker.spec.ts';
const ABSENT = 'apps/trainer/src/student/take-up-without-teacher.spec.ts';
const KEPT = 'apps/trainer/src/noise/kept-predictions.spec.ts';

/** @param match a part of the full names of the tests; all of them must pass on every server there is */
const spec = (id, check, file, match) => ({ id, check, spec: { file, match } });
const script = (id, check, args) => ({ id, check, script: args });
const missing = (id, check) => ({ id, check });

export const CHECKS = [
  spec(
    'S1',
    'a folder, moto and rclone behave the same, ten cases',
    OBJECTS,
    /^(?:a folder|a store of \w+ is as a folder) /,
  ),
  spec('S2', 'what a store knows of conditional writes is seen, and nothing left of that', OBJECTS, /is probed/),
  spec('S3', '16 writers of the same 10 objects', OBJECTS, /16 store the same ten/),
  spec(
    'S4',
    '200 reads, a fifth cut, a twentieth changed: no wrong byte, 1.5 requests each at most',
    FAULTS,
    /no wrong byte/,
  ),
  spec('S5', 'a bit flipped on the disk of a store is found, and where', OBJECTS, /a bit that its disk has flipped/),
  spec('S6', 'three of ten requests refused with 503: none fails', FAULTS, /refused for the moment/),
  spec(
    'S7',
    'a fifth of the answers lost after the store did its work: every object is there',
    FAULTS,
    /answers was lost/,
  ),
  missing('S8', 'a large object of several parts, killed in the third'),
  spec('S9', 'more than a page is listed in order', OBJECTS, /lists more than a page/),
  spec(
    'S10',
    '200 races of one who stores and one who sweeps; a day by the clock of the database alone',
    OWNER,
    /races/,
  ),
  spec('S11', 'the store of another database is refused before anything is written', OWNER, /refused/),
  script('Q1', '8 workers at rest: 3 connections and 2 statements a second each at most', ['workers-at-rest.mjs']),
  script('Q2', 'a million URLs in the queue', ['queue-million.mjs']),
  script('Q3', 'a second round with 10,000 new hits among a million', ['second-round.mjs']),
  script('Q4', 'several workers, kills and a restart of the server: what a crawl alone finds', [
    'harvest-scale.mjs',
    '--quick',
  ]),
  spec('Q5', 'a worker that stood still takes its job again and ends, and none of its heir', WORKER, /ran out while/),
  script('Q6', 'queues, rounds and builds by way of PgBouncer, in transaction mode; no lock is left', [
    'pgbouncer.mjs',
  ]),
  script('Q7', 'a network that is away for a minute between workers and Postgres, then the store', [
    'network-away.mjs',
  ]),
  spec('B1', 'the same data set from folder and store, on PGlite and Postgres', COPY, /same data set from the store/),
  spec(
    'B2',
    'a build that is killed at ten moments is completed as if undisturbed',
    'apps/winnow/src/kill-build.spec.ts',
    /killed at any of 10/,
  ),
  missing('B3', 'a million images planned within 600 MB'),
  missing('B4', '17 million digests without a Map'),
  missing('B5', 'near duplicates joined as jobs'),
  missing('B6', 'shards of bounded bytes, encoded by several workers'),
  missing('B7', 'a worker whose image library differs takes no part'),
  missing('B8', 'an image forgotten while it is encoded elsewhere'),
  spec('T1', 'students with and without kept outputs of the teacher, equal to the bit', KEPT, /to the same bits/),
  missing('T2', 'a bank of outputs by several processes'),
  spec('T3', 'the teacher is asked once for all splits, and once about the test images', KEPT, /asks the teacher/),
  script('T4', 'a later run of the default method takes .85 of the processor time by it, on a world like web7', [
    'kept-outputs.mjs',
    '--pairs',
    '1',
  ]),
  spec(
    'T5',
    'a killed run is taken up without its teacher, which is asked nothing, to the same bits',
    ABSENT,
    /taken up without/,
  ),
  script('T6', 'nine students by four processes, ten of them killed: the same to the bit, each once', ['sweep.mjs']),
  missing('T7', 'shards mirrored from a store'),
  missing('T8', 'shards in windows'),
  script('T9', 'one student on two processes of PyTorch, whose weights winnow reads', ['torchrun.mjs']),
  script(
    'O1',
    "a worker's figures, health and readiness, with its server and without; those of other roles are not built",
    ['metrics.mjs'],
  ),
  missing('O2', 'workers of two releases on one database'),
  script(
    'O3',
    'a backup restored beside files that went on: every row has its file, and the crawl ends as it would have',
    ['backup-drill.mjs'],
  ),
  script('O4', 'manifests for clusters are rendered, valid, and ask for as many workers as there is work for', [
    'kubernetes.mjs',
  ]),
  spec('O5', 'no password and no key in any output or file', 'apps/winnow/src/no-passwords.spec.ts', /password or key/),
  spec('O6', 'a worker that is stopped gives back what it had begun', WORKER, /gives back what it had begun/),
];
