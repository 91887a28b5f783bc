import type { CorrectionRow } from '@winnow/config';
import { DecisionLog } from './decision-log';
import { importedDecisions } from './imported-decisions';

const row = (picture: string, className: string | null, line = 2): CorrectionRow => {
  return { picture, className, line, cells: [] };
};
let lines = 0;
const log = (...said: readonly (readonly [person: string, sha256: string, says: string])[]) =>
  new DecisionLog(
    said.map(([person, sha256, says]) => {
      lines += 1;
      const act = { id: `${lines}`, seq: lines, at: '', batch: `${lines}`, settles: false, origin: 'one' as const };
      return { ...act, person, sha256, says, otherSha256: null, plan: null, chance: null, shown: null, note: null };
    }),
  );
const NAMES = new Map([
  ['a', ['a']],
  ['b', ['b']],
  ['http://x.test/', ['a', 'c']],
]);
const read = (rows: readonly CorrectionRow[], known = log()) =>
  importedDecisions(rows, { file: 'f.csv', person: 'file: f.csv', log: known, classes: ['owl'], imagesByName: NAMES });

describe('importedDecisions', () => {
  it('finds images by digest and URL, and counts what names nothing', () => {
    const found = read([row('http://x.test/', 'owl'), row('b', null), row('d', 'owl'), row('b', 'hawk')]);
    expect(found).toEqual({
      decisions: [
        { sha256: 'a', says: 'class:owl' },
        { sha256: 'c', says: 'class:owl' },
        { sha256: 'b', says: 'open' },
      ],
      ...{ known: 0, unknown: 1, otherClasses: 1 },
    });
  });

  it('adds nothing that is decided so, nor what the list said before, also where others contradict it', () => {
    const rows = [row('a', 'owl'), row('b', null)];
    expect(read(rows, log(['anna', 'a', 'class:owl']))).toMatchObject({ decisions: [{ sha256: 'b' }], known: 1 });
    const disputed = log(['anna', 'a', 'open'], ['file: f.csv', 'a', 'class:owl']);
    expect(read(rows, disputed)).toMatchObject({ decisions: [{ sha256: 'b' }], known: 1 });
    const changed = log(['file: f.csv', 'a', 'class:owl'], ['file: f.csv', 'a', 'open']);
    expect(read(rows, changed).decisions).toHaveLength(2);
  });

  it('refuses a list that says two things of one image', () => {
    expect(() => read([row('a', 'owl', 2), row('http://x.test/', null, 3)])).toThrow(
      'The image has another class in line 2',
    );
  });
});
