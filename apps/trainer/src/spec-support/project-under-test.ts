import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type {
  CommandInput,
  CommandIo,
  CommandResult,
  CommandSpec,
  ImageSet,
  InputSpec,
  Provenance,
  SampleRecord,
} from '@winnow/contracts';
import { openDatabase, saveBuild } from '@winnow/db';
import { keepDatabaseOpen } from '@winnow/db/testing';
import { encodePng } from '@winnow/imaging';
import { createModel, saveWeights, weightsMetadata } from '@winnow/models';
import { writeManifest, writeShard } from '@winnow/shards';
import { startTensorEngine } from '../start-tensor-engine';

const CLASSES = ['disc', 'square'];
const SIZE = 16;
const PROJECT = 'p';

/** A project with a build, a teacher and test images, as commands find it on disk. */
export interface ProjectUnderTest {
  readonly folder: string;
  readonly keys: readonly string[];
  readonly io: CommandIo;
  /** What was logged. */
  readonly said: string[];
  /** Writes the project file. @param settings YAML lines beside those that every project needs */
  configure(settings: string): void;
  run(spec: CommandSpec, options?: CommandInput['options'], changes?: Partial<CommandIo>): Promise<CommandResult>;
  remove(): Promise<void>;
}

/** What the project is about: images of two classes, 16 px. */
export interface WorldUnderTest {
  readonly train: ImageSet;
  readonly test: ImageSet;
  /** -1 for open, [count]. */
  readonly trueLabels: Int32Array;
}

/** Names of the steps that commands begin with this progress, until the list is emptied. */
export function recordSteps(): { readonly steps: string[]; readonly progress: CommandIo['progress'] } {
  const steps: string[] = [];
  const start: CommandIo['progress']['start'] = ({ label }) => {
    steps.push(label);
    return { update: () => undefined, end: () => undefined };
  };
  return { steps, progress: { start } };
}

/** Makes one in a folder of its own. @param isShared other processes open its database, too */
export async function projectUnderTest(world: WorldUnderTest, isShared = false): Promise<ProjectUnderTest> {
  const folder = mkdtempSync(path.join(tmpdir(), 'winnow-project-'));
  const closeDatabase = isShared ? undefined : keepDatabaseOpen(path.join(folder, '.winnow'));
  const said: string[] = [];
  const io: CommandIo = {
    cwd: folder,
    env: {},
    log: (line) => void said.push(line),
    progress: { start: () => ({ update: () => undefined, end: () => undefined }) },
    signal: new AbortController().signal,
  };
  await startTensorEngine('wasm', io);
  writeTeacher(path.join(folder, 'teacher.safetensors'));
  const keys = await writeBuild(folder, world);
  const configure = (settings: string): void =>
    writeFileSync(
      path.join(folder, 'p.yaml'),
      [
        `name: ${PROJECT}`,
        `classes: [${CLASSES.map((name) => `{ name: ${name} }`).join(', ')}]`,
        `build: { size: ${SIZE} }`,
        'teacher: { weights: teacher.safetensors }',
        'engine: wasm',
        settings,
        '',
      ].join('\n'),
    );
  return {
    folder,
    keys,
    io,
    said,
    configure,
    run: async (spec, options = {}, changes = {}) => {
      if (spec.run === undefined) throw new Error(`${spec.name} has no run`);
      return spec.run({ arguments: { project: 'p.yaml' }, options }, { ...io, ...changes });
    },
    remove: async () => {
      await closeDatabase?.();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function writeTeacher(file: string): void {
  const model = createModel('resnet8', { classCount: 2, seed: 1 });
  const input: InputSpec = { size: SIZE, range: [0, 1], mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] };
  writeFileSync(file, saveWeights(model, weightsMetadata({ model: 'resnet8', classes: CLASSES, input })));
  model.dispose();
}

async function writeBuild(folder: string, { train, test, trueLabels }: WorldUnderTest): Promise<readonly string[]> {
  const png = ({ pixels }: Pick<typeof train, 'pixels'>, row: number) =>
    encodePng({ width: SIZE, height: SIZE, data: pixels.subarray(row * SIZE * SIZE * 3, (row + 1) * SIZE * SIZE * 3) });
  for (let row = 0; row < test.count; row += 1) {
    const classFolder = path.join(folder, 'test', CLASSES[test.labels[row] as number] as string);
    mkdirSync(classFolder, { recursive: true });
    writeFileSync(path.join(classFolder, `${row}.png`), await png(test, row));
  }
  const handle = await openDatabase({ url: undefined, stateDir: path.join(folder, '.winnow'), holder: 'a spec' });
  const directory = path.join(folder, '.winnow/builds/one');
  mkdirSync(directory, { recursive: true });
  const records = train.keys.map((_, row) => sampleRecord(row, train.labels[row] as number));
  const entries = await Promise.all(
    records.map(async (record, row) => ({ record, extension: 'png' as const, bytes: await png(train, row) })),
  );
  const shard = await writeShard({ path: path.join(directory, 'train-000000.tar'), entries });
  const about = { name: PROJECT, classes: CLASSES, config: {}, createdBy: 'spec' };
  const { manifest } = await writeManifest(directory, { ...about, shards: [{ ...shard, split: 'train', records }] });
  const truth = records.map(({ provenance }, row) => {
    const name = CLASSES[trueLabels[row] as number] ?? '';
    return `${provenance[0]?.imageUrl},${row},${name}`;
  });
  writeFileSync(path.join(folder, 'truth.csv'), `imageUrl,source,true\n${truth.join('\n')}\n`);
  await handle.executeSql(`insert into projects (name) values ('${PROJECT}')`);
  const record = { id: 'one', project: PROJECT, digest: manifest.digest, inputDigest: 'x', sampleCount: train.count };
  await saveBuild(handle.db, { ...record, config: {}, counts: {} }, { samples: [], exclusions: [] });
  await handle.close();
  return records.map(({ key }) => key);
}

/** Every fifth image was found under the other class too. */
function sampleRecord(row: number, label: number): SampleRecord {
  const className = CLASSES[label] as string;
  const digest = String(row).padStart(64, '0');
  const listing: Provenance = {
    ...{ engine: row % 2 === 0 ? 'a' : 'b', query: className, className, page: 1, rank: row + 1 },
    ...{ imageUrl: `http://images.test/${row}.jpg`, pageUrl: null, title: null },
    ...{ license: null, licenseUrl: null, creator: null },
  };
  return {
    ...{ key: `key-${String(row).padStart(3, '0')}`, className, label, width: SIZE, height: SIZE },
    ...{ sha256: digest, pixelSha256: digest, pdq: '0'.repeat(64), pdqQuality: 90, copies: 1 },
    conflicts: row % 5 === 0 ? [CLASSES[1 - label] as string] : [],
    provenance: [listing],
  };
}
