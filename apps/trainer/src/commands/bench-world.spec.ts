import type { CommandInput, CommandIo } from '@winnow/contracts';
import { benchSplitCommand } from './bench-split';
import { benchWorldCommand } from './bench-world';

const io = { cwd: '/' } as CommandIo;
const asked = (options: Record<string, unknown>): CommandInput =>
  ({ arguments: { world: 'nowhere' }, options }) as unknown as CommandInput;

describe('bench world', () => {
  it.each([
    ['--set', { set: ['views'] }],
    ['--train', { train: ['nesterov'] }],
    ['--train', { train: ['nesterov=1'] }],
    ['--train', { train: ['warmUp=5'] }],
    ['--train', { train: ['learningRate=-1'] }],
    ['--train', { train: ['momentum=1.5'] }],
    ['--train', { train: ['optimizer=adam'] }],
    ['--train', { train: ['epochs=3'] }],
    ['--review', { reviewBy: 'random' }],
    ['--review-error', { review: 10, reviewError: 1.5 }],
  ])('refuses a setting that makes no sense, and names its flag %s', async (where, options) => {
    await expect(benchWorldCommand.run?.(asked(options), io)).rejects.toMatchObject({ code: 'USAGE', where });
  });
});

describe('bench split', () => {
  it.each([
    ['--split', { split: 'knn' }],
    ['--logits-only', { logitsOnly: true }],
    ['--review-by', { reviewBy: 'random' }],
  ])('takes no %s beside --scores', async (where, options) => {
    const run = benchSplitCommand.run?.(asked({ scores: true, ...options }), io);
    await expect(run).rejects.toMatchObject({ code: 'USAGE', where });
  });
});
