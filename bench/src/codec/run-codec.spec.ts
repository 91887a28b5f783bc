import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { encodeJpeg, openPlainJpeg } from '@winnow/imaging';
import { runCodec } from './run-codec';

it('measures both decoders on images of both shapes, or says that the codec is not there', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'winnow-codec-'));
  try {
    const data = new Uint8Array(40 * 30 * 3).map((_, at) => at % 251);
    const bytes = await encodeJpeg({ width: 40, height: 30, data }, 90);
    await writeFile(path.join(folder, 'a.jpg'), bytes);
    const io = {
      ...{ cwd: folder, env: {}, signal: new AbortController().signal, log: () => undefined },
      progress: { start: () => ({ update: () => undefined, end: () => undefined }) },
    };
    const measured = runCodec(folder, { count: 4, rounds: 1, isBesidePython: false }, io);
    if ((await openPlainJpeg(bytes)) === null) {
      await expect(measured).rejects.toMatchObject({ code: 'MISSING_INPUT' });
      return;
    }
    const { programs } = await measured;
    expect(programs.map(({ name }) => name)).toEqual(['codec', 'sharp']);
    for (const { millis } of programs) {
      for (const value of Object.values(millis)) expect(value).toBeGreaterThan(0);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});
