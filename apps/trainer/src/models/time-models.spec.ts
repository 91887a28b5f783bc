import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { CommandIo } from '@winnow/contracts';
import { MODEL_NAMES } from '@winnow/models';
import { modelsCommand } from '../commands/models';
import { startTensorEngine } from '../start-tensor-engine';
import { timeModels } from './time-models';

const silent = { update: () => undefined, end: () => undefined };
const io: CommandIo = {
  cwd: '.',
  env: {},
  log: () => undefined,
  progress: { start: () => silent },
  signal: new AbortController().signal,
};
let cacheDir: string;
beforeAll(() => {
  cacheDir = mkdtempSync(path.join(tmpdir(), 'winnow-time-models-'));
});
afterAll(() => rmSync(cacheDir, { recursive: true, force: true }));

describe('timeModels', () => {
  it('times what this machine and engine have not timed before, and remembers it', async () => {
    const engine = await startTensorEngine('wasm', io);
    const [one] = await timeModels([{ name: 'resnet8', size: 8 }], { engine, cacheDir, io });
    expect(one?.batch1).toBeGreaterThan(0);
    expect(one?.batch16).toBeGreaterThan(0);
    const file = path.join(cacheDir, 'model-millis.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace(/"batch1": [\d.]+/, '"batch1": 123'));
    const both = [
      { name: 'resnet8', size: 8 },
      { name: 'resnet8', size: 12 },
    ] as const;
    expect((await timeModels(both, { engine, cacheDir, io })).map(({ batch1 }) => batch1 === 123)).toEqual([
      true,
      false,
    ]);
    const updated = { ...engine, version: `${engine.version}-next` };
    expect((await timeModels([both[0]], { engine: updated, cacheDir, io }))[0]?.batch1).not.toBe(123);
  });
});

describe('winnow models', () => {
  it('lists what each costs and where weights come from, those for small images first, the cheaper first', async () => {
    const result = await modelsCommand.run?.({ arguments: {}, options: { classes: 10 } }, io);
    const rows = result?.json['models'] as unknown as readonly {
      readonly name: string;
      readonly ownSize: number;
      readonly multiplyAdds: number;
    }[];
    expect(rows.map(({ name }) => name).sort()).toEqual([...MODEL_NAMES].sort());
    expect(rows[0]?.name).toBe('resnet8');
    const order = rows.map(({ ownSize, multiplyAdds }) => ownSize * 1e12 + multiplyAdds);
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(result?.text.find((line) => line.startsWith('mobilenetv2 '))).toContain('torchvision: mobilenet_v2');
  });
});
