import { describePassedOver, describeUnread, matchCorrections } from './corrections';

const line = (picture: string, className: string | null, at: number) => ({ picture, className, line: at, cells: [] });
const pool = {
  images: { keys: ['000000000', '000000001', '000000002'], classes: ['owl', 'wren'] },
  provenance: [[{ imageUrl: 'http://x.test/a' }], [{ imageUrl: 'http://x.test/a' }], []],
  sha256: ['a1', 'b2', 'c3'],
} as never;

describe('matchCorrections', () => {
  it('finds pictures by sha256 and by every address, and none by the number of its sample', () => {
    const lines = [line('c3', 'wren', 2), line('http://x.test/a', null, 3), line('000000002', 'owl', 4)];
    const { applied, unknown } = matchCorrections(lines, pool, 'f.csv');
    expect(applied).toEqual([
      { row: 0, truth: 'open' },
      { row: 1, truth: 'open' },
      { row: 2, truth: 1 },
    ]);
    expect(unknown).toEqual([lines[2]]);
  });
});

describe('corrections of classes that the project does not have', () => {
  it('are passed over and counted; what is said of the picture since holds', () => {
    const lines = [line('a1', 'kite', 2), line('a1', 'owl', 3), line('b2', 'kite', 4), line('c3', 'crow', 5)];
    const found = matchCorrections(lines, pool, 'f.csv');
    expect(found).toMatchObject({ applied: [{ row: 0, truth: 0 }], unknown: [] });
    expect(found.digest).toBe(matchCorrections([line('a1', 'owl', 2)], pool, 'f.csv').digest);
    expect(describePassedOver(found)).toEqual([
      '3 corrections name classes that the project does not have ("kite" 2, "crow" 1; the first in line 2): passed over.',
    ]);
    expect(describePassedOver(matchCorrections(lines.slice(3), pool, 'f.csv'))).toEqual([
      '1 correction names a class that the project does not have ("crow" 1; the first in line 5): passed over.',
    ]);
  });
});

describe('describeUnread', () => {
  it('names the methods that corrections do change', () => {
    expect(describeUnread(['simkd'], ' (train.method)')[0]).toMatch(
      /^simkd \(train\.method\) does not read what a person decides: corrections change only .*ce.*the card\.$/,
    );
    expect(describeUnread(['simkd', 'modul', 'kd3'])[0]).toMatch(/^simkd, kd3 do not read what a person decides/);
    expect(describeUnread(['modul', 'kd-known', 'ce', 'kd', 'dist', 'fitnet', 'dfnd'])).toEqual([]);
  });
});
