#!/usr/bin/env node
/**
 * Renders the manifests of docker/kubernetes, checks them by Kubernetes' own schemas, and asks a Postgres server what KEDA asks it:
 *   npm run bench -- kubernetes [--json]
 * Needs `kubectl` (KUBECTL names it elsewhere) and kubernetes-validate, which pip installs. No cluster is asked. Ends with 1 if a check failed.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from '../../../tools/ensure-dependencies.mjs';
import { requireTypeScript } from '../../../tools/require-typescript.mjs';
import { prepareTestPython } from '../../../tools/test-python.mjs';
import { checkEqual, printChecks } from './print-checks.mjs';
import { createDatabase, psql, startServer } from './psql.mjs';

const { parseAllDocuments } = createRequire(import.meta.url)('yaml');
const { JobQueue, openDatabase } = requireTypeScript('libs/db/src/index.ts');
const { values } = parseArgs({ options: { json: { type: 'boolean', default: false } } });
const FOLDER = path.join(ROOT, 'docker/kubernetes');
/** Oldest and newest that the schemas are there for. */
const VERSIONS = ['1.25.0', '1.37.0'];
/** Of KEDA: it has a schema of its own. */
const FOREIGN = /^keda\.sh\//;
/** Kinds of jobs, and the workers that they are worth by what one does at once: 48 fetches, 8 listings, one decision. */
const BACKLOGS = [
  [{}, 0],
  [{ advance: 1 }, 1],
  [{ fetch: 48 }, 1],
  [{ fetch: 49 }, 2],
  [{ fetch: 100, list: 9, advance: 1 }, 5],
];

const folder = mkdtempSync(path.join(tmpdir(), 'winnow-kubernetes-'));
try {
  const { programs, reason } = await prepareTestPython('KUBERNETES');
  if (programs === undefined) throw new Error(reason);
  const checks = [];
  let query;
  for (const name of readdirSync(FOLDER).sort()) {
    const { rendered, error } = render(name);
    checks.push(checkEqual(`${name} is rendered`, null, error));
    const objects = parseAllDocuments(rendered).map((document) => document.toJS());
    const own = objects.filter(({ apiVersion }) => !FOREIGN.test(apiVersion));
    checks.push(checkEqual(`${name}: problems of ${own.length} objects`, [], problemsOf(own, name, programs)));
    checks.push(checkEqual(`${name}: what a worker may`, [], openDoorsOf(own)));
    query ??= objects.find(({ kind }) => kind === 'ScaledObject')?.spec.triggers[0].metadata.query;
  }
  checks.push(
    checkEqual(
      'workers asked for',
      BACKLOGS.map(([, workers]) => workers),
      await workersFor(query),
    ),
  );
  process.exitCode = printChecks(checks, { isJson: values.json }) ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function render(name) {
  const kubectl = process.env['KUBECTL'] ?? 'kubectl';
  const { stdout, stderr, status, error } = spawnSync(kubectl, ['kustomize', path.join(FOLDER, name)], {
    encoding: 'utf8',
  });
  if (error !== undefined)
    throw new Error(`${kubectl} cannot be run (${error.message}): install it, or name it by KUBECTL`);
  return { rendered: stdout, error: status === 0 ? null : stderr };
}

/** By the schemas, unknown fields among them. */
function problemsOf(objects, name, programs) {
  const file = path.join(folder, `${name}.json`);
  // JSON is YAML.
  writeFileSync(file, objects.map((object) => JSON.stringify(object)).join('\n---\n'));
  return VERSIONS.flatMap((version) => {
    const args = ['--strict', '--quiet', '-k', version, file];
    const { stdout, stderr, status } = spawnSync(path.join(programs, 'kubernetes-validate'), args, {
      encoding: 'utf8',
    });
    return status === 0 ? [] : [`${version}: ${stdout}${stderr}`.trim()];
  });
}

/** What reads the web has no rights of its own, and nowhere to write but what it is given. */
function openDoorsOf(objects) {
  const pods = objects.flatMap(({ spec }) => (spec.template === undefined ? [] : [spec.template.spec]));
  const doors = pods.flatMap(({ automountServiceAccountToken, securityContext, containers }) => [
    automountServiceAccountToken === false || 'a token of the cluster',
    securityContext?.runAsNonRoot === true || 'root',
    ...containers.flatMap(({ image, securityContext: own, resources }) => [
      /:[\w.-]*\d/.test(image) || `${image} has no version`,
      own?.allowPrivilegeEscalation === false || 'more rights than it began with',
      own?.readOnlyRootFilesystem === true || 'its own program',
      own?.capabilities?.drop?.includes('ALL') === true || 'capabilities',
      resources?.limits?.memory !== undefined || 'all memory',
    ]),
  ]);
  return pods.length === 0 ? ['no pod'] : doors.filter((door) => door !== true);
}

/** What the query says of each backlog. */
async function workersFor(query) {
  const server = await startServer();
  try {
    const place = await createDatabase(server, 'kubernetes');
    const database = await openDatabase({ url: place.url, stateDir: folder, holder: 'bench' });
    const queue = await JobQueue.open(database);
    const found = [];
    for (const [jobs] of BACKLOGS) {
      await psql(place, 'delete from pgboss.job');
      const sent = Object.entries(jobs).flatMap(([kind, count]) =>
        Array.from({ length: count }, (_, at) => ({ kind, key: `${kind} ${at}`, data: { project: 'p' } })),
      );
      await queue.send(sent);
      // Half of them are under way, and one was given up: nobody will take it again.
      await psql(
        place,
        `update pgboss.job set state = 'active' where id in (select id from pgboss.job order by id limit ${sent.length >> 1})`,
      );
      await psql(place, "insert into pgboss.job (name, data) values ('winnow-dead', '{}')");
      found.push(Number(await psql(place, query)));
    }
    await queue.close();
    await database.close();
    return found;
  } finally {
    server.stop();
  }
}
