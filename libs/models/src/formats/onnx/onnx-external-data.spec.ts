import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { TINY_OIHW, tinyOnnx } from '../../spec-support/external-networks-under-test';
import { joinBytes, writeField } from './protobuf';
import { embedExternalWeights } from './onnx-external-data';
import { readExternalSource } from '../../external/external-source';

const MAX_BYTES = 1e6;
const WEIGHTS = Buffer.from(TINY_OIHW.buffer);
let folder: string;
let file: string;
beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'winnow-external-'));
  await mkdir(path.join(folder, 'model'));
  file = path.join(folder, 'model', 'tiny.onnx');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const beside = (name: string): string => path.join(path.dirname(file), name);
/** Writes the model, with entries of `external_data`. */
const write = (external: Readonly<Record<string, string>>) => writeFile(file, tinyOnnx({ external }));
const files = async () => (await readExternalSource(file)).files;

describe('weights beside an ONNX file', () => {
  it('become part of the model, which is then what one file would have been', async () => {
    await writeFile(beside('tiny.onnx.data'), Buffer.concat([Buffer.alloc(64, 7), WEIGHTS, Buffer.alloc(8, 7)]));
    await write({ location: 'tiny.onnx.data', offset: '64', length: String(WEIGHTS.length), checksum: 'x' });
    const source = await readExternalSource(file);
    expect([...source.files.keys()]).toEqual(['model.onnx']);
    expect(source.notes).toEqual(['The weights in tiny.onnx.data are part of it.']);
    // The same fields; only the order within the tensor may differ.
    expect(Buffer.from(source.files.get('model.onnx') as Uint8Array).equals(tinyOnnx())).toBe(true);
    // Offset and length may be left out.
    await writeFile(beside('tiny.onnx.data'), WEIGHTS);
    await write({ location: 'tiny.onnx.data' });
    expect(Buffer.from((await files()).get('model.onnx') as Uint8Array).equals(tinyOnnx())).toBe(true);
  });

  it('stay unread where they are not within its folder', async () => {
    await writeFile(path.join(folder, 'secret'), WEIGHTS);
    for (const location of ['../secret', '/etc/hostname', 'a/../../secret', './x', 'c:x', 'a\\b', '', '*/../x']) {
      await write({ location });
      await expect(files()).rejects.toMatchObject({
        code: 'FORMAT_INVALID',
        message: expect.stringContaining('not in a file within its folder'),
      });
    }
    await symlink(path.join(folder, 'secret'), beside('link'));
    await write({ location: 'link' });
    await expect(files()).rejects.toMatchObject({
      code: 'FORMAT_INVALID',
      message: expect.stringMatching(/leads out of its folder/),
    });
    await symlink(folder, beside('up'));
    await write({ location: 'up/secret' });
    await expect(files()).rejects.toMatchObject({
      code: 'FORMAT_INVALID',
      message: expect.stringMatching(/leads out of its folder/),
    });
    await mkdir(beside('inner'));
    await write({ location: 'inner' });
    await expect(files()).rejects.toMatchObject({
      code: 'FORMAT_INVALID',
      message: expect.stringMatching(/is not a file/),
    });
    await write({ location: 'none.data' });
    await expect(files()).rejects.toMatchObject({
      code: 'FILE_NOT_FOUND',
      message: 'The weight file none.data is missing',
      next: expect.stringContaining('the folder of tiny.onnx'),
    });
  });

  it('must be as long as their numbers, and within their file', async () => {
    await writeFile(beside('w'), WEIGHTS);
    const size = WEIGHTS.length;
    const wrong: [Record<string, string>, RegExp][] = [
      [{ offset: '4' }, new RegExp(`kernel ends at byte ${size + 4} of w, which has ${size}`)],
      [{ offset: '999999999999999' }, /ends at byte/],
      [{ length: '4' }, new RegExp(`takes ${size} bytes, its part of w has 4`)],
      ...['-1', '1e3', '0x1', '', '9'.repeat(16)].map((text): [Record<string, string>, RegExp] => [
        { offset: text },
        /has the offset/,
      ]),
    ];
    for (const [entries, message] of wrong) {
      await write({ location: 'w', ...entries });
      await expect(files()).rejects.toMatchObject({ code: 'FORMAT_INVALID', message: expect.stringMatching(message) });
    }
    await truncate(beside('w'), size - 1);
    await write({ location: 'w' });
    await expect(files()).rejects.toMatchObject({
      code: 'FORMAT_INVALID',
      message: expect.stringMatching(/take \d+ bytes of files of/),
    });
  });

  it('count where a model may be only so large, before they are read, and once each', async () => {
    await writeFile(beside('w'), WEIGHTS);
    await write({ location: 'w' });
    await truncate(beside('w'), 1e12);
    const model = await readFile(file);
    await expect(embedExternalWeights(model, file, MAX_BYTES)).rejects.toMatchObject({
      code: 'FORMAT_INVALID',
      message: expect.stringMatching(/have 1000000\d+ bytes, more than 1000000$/),
    });
    // Tensors that lie upon one another would make much of little.
    await rm(beside('w'));
    await writeFile(beside('w'), WEIGHTS);
    await expect(embedExternalWeights(joinBytes([model, model]), file, MAX_BYTES)).rejects.toThrow(
      /take 864 bytes of files of 432/,
    );
  });

  it('are read of initializers only, and damage is an error', async () => {
    const model = tinyOnnx({ external: { location: 'w' } });
    const cut = writeField(7, writeField(5, Uint8Array.of(0x6a, 0x7f)));
    await writeFile(file, joinBytes([model, cut]));
    await expect(files()).rejects.toMatchObject({ code: 'FORMAT_INVALID', message: expect.stringMatching(/damaged/) });
    // A node's attribute that is a tensor elsewhere.
    const tensor = joinBytes([writeField(8, 't'), writeField(13, writeField(1, 'location')), Uint8Array.of(0x70, 1)]);
    const node = writeField(1, writeField(5, writeField(5, tensor)));
    await writeFile(file, joinBytes([tinyOnnx(), writeField(7, node)]));
    await expect(files()).rejects.toMatchObject({
      code: 'FORMAT_INVALID',
      message: expect.stringMatching(/of initializers only/),
    });
  });
});
