import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadProject } from '@winnow/config';
import { openDatabase, projectEmbeddings } from '@winnow/db';
import type { DatabaseHandle } from '@winnow/db';
import { encodeJpeg, encodePng } from '@winnow/imaging';
import { createModel, saveWeights, weightsMetadata } from '@winnow/models';
import { blobPath } from '@winnow/store';
import { tinyWorld } from '@winnow/testing';
import { embedCommand } from '../commands/embed';
import type { OpenProject } from '../open-project';
import { startTensorEngine } from '../start-tensor-engine';
import { embedImages } from './embed-images';
import { loadEmbeddingNetwork } from './load-embedding-network';
import type { EmbeddingNetwork } from './load-embedding-network';

const CLASSES = ['disc', 'square'];
const silent = { update: () => undefined, end: () => undefined };
let folder: string;
let said: string[];
let ask: AbortController;
let database: DatabaseHandle;
const io = (): OpenProject['io'] => ({
  cwd: folder,
  env: {},
  log: (line) => void said.push(line),
  progress: { start: () => ({ ...silent }) },
  signal: ask.signal,
});

function writeTeacher(name: string, seed: number): void {
  const model = createModel('resnet8', { classCount: 2, seed });
  const input = { size: 16, range: [0, 1], mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] };
  const about = weightsMetadata({ model: 'resnet8', classes: CLASSES, input: input as never });
  writeFileSync(path.join(folder, name), saveWeights(model, about));
  model.dispose();
}

const openProjectDatabase = () =>
  openDatabase({ url: undefined, stateDir: path.join(folder, '.winnow'), holder: 'a spec' });

/** An original as a crawl leaves it. @param bytes null: recorded, but the file is gone */
async function store(key: string, bytes: Uint8Array | null, decoded = true): Promise<string> {
  const sha256 = createHash('sha256')
    .update(bytes ?? key)
    .digest('hex');
  const blob = blobPath(path.join(folder, '.winnow/blobs'), sha256);
  mkdirSync(path.dirname(blob), { recursive: true });
  if (bytes !== null) writeFileSync(blob, bytes);
  const location = `'p', 'disc', 'e', 'q', 1, ${createHash('sha256').update(key).digest().readUInt16LE()}`;
  await database.executeSql(`
    insert into projects (name) values ('p') on conflict do nothing;
    insert into hits (id, project, class_name, engine, query, page, rank, image_url)
      values ('${key}', ${location}, 'http://a.test/${key}');
    insert into images (sha256, size_bytes, mime, width, height, pixel_sha256)
      values ('${sha256}', 1, 'image/png', 1, 1, ${decoded ? `'${sha256}'` : 'null'});
    insert into sightings (hit_id, sha256, project) values ('${key}', '${sha256}', 'p')`);
  return sha256;
}

describe('winnow embed', () => {
  let images: readonly string[];
  let network: EmbeddingNetwork;
  const project = async (): Promise<OpenProject> => {
    const config = await loadProject('p.yaml', { cwd: folder, env: {} });
    return { file: 'p.yaml', config, withDatabase: (work) => work(database.db), io: io() };
  };
  const embeddings = async () => [...((await projectEmbeddings(database.db, 'p'))?.values ?? [])];

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'winnow-embed-'));
    said = [];
    ask = new AbortController();
    await startTensorEngine('cpu', io());
    writeTeacher('teacher.safetensors', 1);
    writeTeacher('other.safetensors', 2);
    const teacher = 'teacher: { weights: teacher.safetensors }';
    writeFileSync(path.join(folder, 'p.yaml'), `name: p\nclasses: [{ name: disc }, { name: square }]\n${teacher}\n`);
    database = await openProjectDatabase();
    const { train } = tinyWorld({ seed: 3, classes: 2, perClass: 5, size: 32, testPerClass: 1 });
    const files = await Promise.all(
      train.keys.map(async (key, row) => {
        const image = { width: 32, height: 32, data: train.pixels.subarray(row * 3072, (row + 1) * 3072) };
        return { key, bytes: await (row % 2 === 0 ? encodePng(image) : encodeJpeg(image, 90)) };
      }),
    );
    const found: string[] = [];
    for (const { key, bytes } of files) found.push(await store(key, bytes));
    images = found.sort();
    network = await loadEmbeddingNetwork(await project(), undefined);
  });
  afterAll(async () => {
    network.dispose();
    await database.close();
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    said = [];
    ask = new AbortController();
    await database.executeSql('truncate embeddings');
  });

  it('stores a row of length one for every decoded original, the same in one run and in two', async () => {
    expect(await embedImages(await project(), network)).toEqual({ stored: 10, unreadable: 0, featureDim: 64 });
    const whole = await embeddings();
    expect(whole.map(([sha256]) => sha256)).toEqual(images);
    for (const [, values] of whole) expect(Math.hypot(...values)).toBeCloseTo(1, 5);
    await database.executeSql(`delete from embeddings where sha256 > '${images[3]}'`);
    expect(await embedImages(await project(), network)).toMatchObject({ stored: 6 });
    expect(await embeddings()).toEqual(whole);
    expect(await embedImages(await project(), network)).toEqual({ stored: 0, unreadable: 0, featureDim: null });
  });

  it('keeps networks apart, and names one the same each time', async () => {
    const other = await loadEmbeddingNetwork(await project(), 'other.safetensors');
    const again = await loadEmbeddingNetwork(await project(), 'teacher.safetensors');
    expect(again.id).toBe(network.id);
    expect(other.id).not.toBe(network.id);
    await embedImages(await project(), network);
    const first = await embeddings();
    await embedImages(await project(), other);
    expect((await projectEmbeddings(database.db, 'p'))?.network).toBe(other.id);
    expect(await embeddings()).not.toEqual(first);
    await embedImages(await project(), again);
    expect(await embeddings()).toEqual(first);
    other.dispose();
    again.dispose();
  });

  it('stops between steps when asked to, with nothing lost', async () => {
    ask.abort();
    await expect(embedImages(await project(), network)).rejects.toMatchObject({ code: 'INTERRUPTED' });
    expect(await embeddings()).toEqual([]);
  });

  it('refuses a network that has only logits', async () => {
    const bare = { ...network.frozen, featureDim: 0 };
    await expect(embedImages(await project(), { id: 'x', frozen: bare })).rejects.toMatchObject({
      code: 'TEACHER_MISMATCH',
      next: expect.stringContaining('--features'),
    });
  });

  it('leaves out what is missing or damaged, says so, and goes on', async () => {
    const gone = await store('gone', null);
    const damaged = await store('damaged', Buffer.from('GIF89a, or so it says'));
    await store('new', Buffer.from('not decoded yet'), false);
    const swapped = blobPath(path.join(folder, '.winnow/blobs'), images[0] as string);
    const sound = readFileSync(swapped);
    copyFileSync(blobPath(path.join(folder, '.winnow/blobs'), images[1] as string), swapped);
    expect(await embedImages(await project(), network)).toMatchObject({ stored: 9, unreadable: 3 });
    expect(said.splice(0)).toContain(`${images[0]}: left out, the original was changed since it was stored`);
    writeFileSync(swapped, sound);
    expect(await embedImages(await project(), network)).toMatchObject({ stored: 1, unreadable: 2 });
    expect((await embeddings()).map(([sha256]) => sha256)).toEqual(images);
    expect(said.sort()).toEqual([gone, damaged].sort().map((sha256) => expect.stringContaining(sha256)));
    await database.close();
    const options = { network: undefined, engine: 'cpu' };
    const result = await embedCommand.run?.({ arguments: { project: 'p.yaml' }, options }, io());
    database = await openProjectDatabase();
    expect(result).toMatchObject({
      exitCode: 3,
      json: { network: network.id, stored: 0, unreadable: 2, undecoded: 1 },
    });
  });
});
