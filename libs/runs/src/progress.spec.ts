import { PassThrough } from 'node:stream';

import { createProgress } from './progress';

function fakeStream(isTTY: boolean): { readonly stream: NodeJS.WriteStream; readonly text: () => string } {
  const chunks: string[] = [];
  const through = new PassThrough();
  through.on('data', (chunk: Buffer) => chunks.push(chunk.toString('utf8')));
  const stream = Object.assign(through, { isTTY, columns: 100 }) as unknown as NodeJS.WriteStream;
  return { stream, text: () => chunks.join('') };
}

describe('createProgress', () => {
  it('writes a line every 10 s, and a last one, when nobody watches', () => {
    const { stream, text } = fakeStream(false);
    let now = 1000;
    const task = createProgress({ stream, clock: { now: () => now } }).start({
      label: 'train',
      total: 40,
      unit: 'epochs',
    });
    for (let epoch = 1; epoch <= 40; epoch += 1) {
      now += 700;
      task.update(epoch, `loss ${(4 / epoch).toFixed(2)}`);
    }
    task.end();
    expect(text().split('\n')).toEqual([
      'train: 15/40 epochs (37 %) in 11 s, loss 0.27',
      'train: 30/40 epochs (75 %) in 21 s, loss 0.13',
      'train: 40/40 epochs (100 %) in 28 s, loss 0.10, done',
      '',
    ]);
  });

  it('counts without a total and writes longer times in minutes and hours', () => {
    const { stream, text } = fakeStream(false);
    let now = 0;
    const task = createProgress({ stream, clock: { now: () => now } }).start({ label: 'crawl', unit: 'hits' });
    now = 95_000;
    task.update(12, '2 engines');
    now = 3_700_000;
    task.end('stopped');
    expect(text()).toBe('crawl: 12 hits in 1 min 35 s, 2 engines\ncrawl: 12 hits in 1 h 1 min, 2 engines, stopped\n');
  });

  it('draws bars on a terminal and ends each with a line', () => {
    const { stream, text } = fakeStream(true);
    const sink = createProgress({ stream, clock: { now: () => 0 } });
    const first = sink.start({ label: 'fetch', total: 4, unit: 'pictures' });
    const second = sink.start({ label: 'decode', total: 2, unit: 'pictures' });
    first.update(4, 'stored 3');
    second.update(1);
    first.end();
    second.end();
    expect(text()).toContain('fetch: 4/4 pictures (100 %) in 0 s, stored 3, done\n');
    expect(text().endsWith('decode: 1/2 pictures (50 %) in 0 s, done\n')).toBe(true);
    expect(text()).not.toContain('{bar}');
  });

  it('keeps escape sequences of others off the terminal', () => {
    const { stream, text } = fakeStream(false);
    const task = createProgress({ stream, clock: { now: () => 0 } }).start({ label: 'a\u001b[2Jb', unit: 'x' });
    task.update(0, 'title\nwith\u202Elines');
    task.end();
    expect(text()).toBe('a [2Jb: 0 x in 0 s, title with lines, done\n');
  });
});
