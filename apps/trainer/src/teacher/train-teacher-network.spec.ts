import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { CommandIo } from '@winnow/contracts';
import { encodePng } from '@winnow/imaging';
import { readWeightsMetadata } from '@winnow/models';
import { teacherCommand } from '../commands/teacher';
import { holdLock } from '../locks';

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(path.join(tmpdir(), 'winnow-train-teacher-'));
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

const progress = { start: () => ({ update: () => undefined, end: () => undefined }) };

/** Eight images of two classes. */
async function writeImages(): Promise<void> {
  for (let index = 0; index < 8; index += 1) {
    const folder = path.join(cwd, 'images', ['bag', 'coat'][index % 2] as string);
    mkdirSync(folder, { recursive: true });
    const data = Uint8Array.from({ length: 16 * 16 * 3 }, (_, at) => (at * (index + 3) + 90 * (index % 2)) % 256);
    writeFileSync(path.join(folder, `${index}.png`), await encodePng({ width: 16, height: 16, data }));
  }
}

describe('winnow teacher train', () => {
  const train = teacherCommand.subcommands?.find(({ name }) => name === 'train');

  it('replaces no weights unless it is told to, and says so before anything is read', async () => {
    writeFileSync(path.join(cwd, 'teacher.safetensors'), 'of last week');
    const input = { arguments: { images: 'nowhere' }, options: { out: 'teacher.safetensors', model: 'resnet8' } };
    await expect(train?.run?.(input, { cwd } as CommandIo)).rejects.toMatchObject({
      code: 'USAGE',
      next: expect.stringContaining('--force') as string,
    });
    expect(readFileSync(path.join(cwd, 'teacher.safetensors'), 'utf8')).toBe('of last week');
  });

  const never = new AbortController().signal;
  const training = (out: string, signal: AbortSignal = never, log: (line: string) => void = () => undefined) => {
    const options = { out, model: 'resnet8', size: 16, epochs: 2, batch: 4, learningRate: 0.05, seed: 1 };
    const io = { cwd, env: {}, signal, log, progress } as unknown as CommandIo;
    return train?.run?.({ arguments: { images: 'images' }, options: { ...options, engine: 'wasm' } }, io);
  };

  it('refuses images of one class, which would teach nothing', async () => {
    await writeImages();
    rmSync(path.join(cwd, 'images', 'coat'), { recursive: true });
    await expect(training('out.safetensors')).rejects.toMatchObject({
      code: 'FORMAT_INVALID',
      message: 'There is only one class to learn, bag',
    });
  });

  it('refuses a class that is named twice: one of its outputs would never be learnt', async () => {
    await writeImages();
    const options = {
      out: 'out.safetensors',
      model: 'resnet8',
      size: 16,
      classes: ['bag', 'coat', 'bag'],
      engine: 'wasm',
    };
    const io = { cwd, env: {}, signal: never, log: () => undefined, progress } as unknown as CommandIo;
    await expect(train?.run?.({ arguments: { images: 'images' }, options }, io)).rejects.toMatchObject({
      code: 'USAGE',
      message: 'The class bag is named twice',
    });
  });

  it('lets no other command train the same teacher meanwhile', async () => {
    await writeImages();
    const lock = path.join(cwd, 'out.safetensors.lock');
    const release = await holdLock(lock, 'another', { what: 'another', otherwise: 'stop it' });
    await expect(training('out.safetensors')).rejects.toMatchObject({ code: 'DATABASE_BUSY', where: lock });
    await release();
    await training('out.safetensors');
    expect(readdirSync(cwd).sort()).toEqual(['images', 'out.safetensors', 'out.safetensors.sha256']);
  });

  it('knows its finished weights again, as after a kill that came right after they were written', async () => {
    await writeImages();
    await training('out.safetensors');
    const file = path.join(cwd, 'out.safetensors');
    const before = readFileSync(file);
    mkdirSync(`${file}.0123456789ab.checkpoints`);
    rmSync(`${file}.sha256`);
    const result = await training('out.safetensors');
    expect(result).toMatchObject({ exitCode: 0, json: { seconds: null, images: 8 } });
    expect(result?.text).toEqual([`Finished earlier: ${file}: resnet8, 2 classes, no test images were named.`]);
    expect(readFileSync(file).equals(before)).toBe(true);
    expect(readdirSync(cwd).sort()).toEqual(['images', 'out.safetensors', 'out.safetensors.sha256']);
    // Of other images they are not.
    rmSync(path.join(cwd, 'images', 'bag', '0.png'));
    await expect(training('out.safetensors')).rejects.toMatchObject({
      code: 'USAGE',
      message: 'There are weights already',
    });
  });

  it('passes over a checkpoint that was damaged', async () => {
    await writeImages();
    await training('whole.safetensors');
    const stopping = new AbortController();
    const stopped = training('out.safetensors', stopping.signal, (line) => {
      if (line.startsWith('epoch 1/2')) stopping.abort();
    });
    await expect(stopped).rejects.toMatchObject({ code: 'INTERRUPTED' });
    const folder = path.join(cwd, readdirSync(cwd).find((name) => name.endsWith('.checkpoints')) as string);
    const file = path.join(folder, readdirSync(folder).find((name) => name.endsWith('.bin')) as string);
    writeFileSync(file, readFileSync(file).subarray(0, 1000));
    await training('out.safetensors');
    const bytes = readFileSync(path.join(cwd, 'out.safetensors'));
    expect(bytes.equals(readFileSync(path.join(cwd, 'whole.safetensors')))).toBe(true);
  });

  it('goes on where it was stopped, and ends with the same bytes', async () => {
    await writeImages();
    await training('whole.safetensors');
    const stopping = new AbortController();
    const stopped = training('out.safetensors', stopping.signal, (line) => {
      if (line.startsWith('epoch 1/2')) stopping.abort();
    });
    await expect(stopped).rejects.toMatchObject({
      code: 'INTERRUPTED',
      next: expect.stringContaining('go on') as string,
    });
    expect(readdirSync(cwd).filter((name) => /^out\..*checkpoints$/.test(name))).toHaveLength(1);
    // As if it had taken long.
    const folder = path.join(cwd, readdirSync(cwd).find((name) => name.endsWith('.checkpoints')) as string);
    const record = path.join(folder, readdirSync(folder).find((name) => name.endsWith('.json')) as string);
    const { sha256, state } = JSON.parse(readFileSync(record, 'utf8')) as { sha256: string; state: object };
    expect(state).toMatchObject({ loop: { seconds: expect.any(Number) as number } });
    writeFileSync(record, JSON.stringify({ sha256, state: { ...state, loop: { seconds: 1e6 } } }));
    const epochs: string[] = [];
    const result = await training('out.safetensors', never, (line) => epochs.push(line));
    expect((result?.json as unknown as { seconds: number }).seconds).toBeGreaterThan(1e6);
    expect(epochs.filter((line) => line.startsWith('epoch')).map((line) => line.slice(0, 9))).toEqual(['epoch 2/2']);
    const bytes = readFileSync(path.join(cwd, 'out.safetensors'));
    expect(bytes.equals(readFileSync(path.join(cwd, 'whole.safetensors')))).toBe(true);
    expect(readWeightsMetadata(bytes).raw['resize']).toBe('squash');
    const names = ['out.safetensors', 'whole.safetensors'].flatMap((name) => [name, `${name}.sha256`]);
    expect(readdirSync(cwd).sort()).toEqual([...names, 'images'].sort());
  });
});
