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
      'train: 15/40 epochs (37 %) in 11 s, 18 s left, loss 0.27',
      'train: 30/40 epochs (75 %) in 21 s, 7 s left, loss 0.13',
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
    const first = sink.start({ label: 'fetch', total: 4, unit: 'images' });
    const second = sink.start({ label: 'decode', total: 2, unit: 'images' });
    first.update(4, 'stored 3');
    second.update(1);
    first.end();
    second.end();
    expect(text()).toContain('fetch: 4/4 images (100 %) in 0 s, stored 3, done\n');
    expect(text().endsWith('decode: 1/2 images (50 %) in 0 s, done\n')).toBe(true);
    expect(text()).not.toContain('{bar}');
  });

  it('tells the time that is left by the pace since it began, and nothing at the end', () => {
    const { stream, text } = fakeStream(false);
    let now = 0;
    const task = createProgress({ stream, clock: { now: () => now } }).start({
      label: 'train',
      total: 1000,
      unit: 'x',
    });
    // Taken up at a checkpoint: the 900 before say nothing of the pace.
    task.update(900);
    now = 20_000;
    task.update(910);
    now = 200_000;
    task.update(1000);
    task.end();
    expect(text().split('\n')).toEqual([
      'train: 910/1000 x (91 %) in 20 s, 3 min 0 s left',
      'train: 1000/1000 x (100 %) in 3 min 20 s',
      'train: 1000/1000 x (100 %) in 3 min 20 s, done',
      '',
    ]);
  });

  it('writes lines above the bars, each of their own and whole in a narrow terminal', () => {
    const { stream, text } = fakeStream(true);
    stream.columns = 40;
    const sink = createProgress({ stream, clock: { now: () => 0 } });
    const task = sink.start({ label: 'train', total: 45, unit: 'steps' });
    task.update(10, 'epoch 2, loss 2.389');
    sink.log('Stopping at the next safe point; press Ctrl-C again to stop at once.');
    const lines = 'Stopping at the next safe point; press\u001b[K\nCtrl-C again to stop at once.\u001b[K\n';
    expect(text()).toContain(lines);
    // The bar's line was emptied before, and the bar is drawn anew after.
    expect(text().split(lines)[0]?.endsWith('\u001b[2K')).toBe(true);
    expect(text().split(lines)[1]).toContain('10/45 steps');
    task.end('stopped');
    sink.log('After.');
    expect(text().endsWith('After.\n')).toBe(true);
  });

  it('writes lines above the bars of a terminal that does not know its width', () => {
    const { stream, text } = fakeStream(true);
    stream.columns = 0;
    const sink = createProgress({ stream, clock: { now: () => 0 } });
    const task = sink.start({ label: 'train', total: 45, unit: 'steps' });
    task.update(10);
    sink.log('Stopping at the next safe point.');
    task.end('stopped');
    expect(text()).toContain('Stopping at the next safe point.');
  });

  it('keeps escape sequences of others off the terminal', () => {
    const { stream, text } = fakeStream(false);
    const task = createProgress({ stream, clock: { now: () => 0 } }).start({ label: 'a\u001b[2Jb', unit: 'x' });
    task.update(0, 'title\nwith\u202Elines');
    task.end();
    expect(text()).toBe('a [2Jb: 0 x in 0 s, title with lines, done\n');
  });
});
