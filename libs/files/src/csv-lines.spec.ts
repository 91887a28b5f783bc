import { createHash } from 'node:crypto';
import { csvLines, csvText, plainCell } from './csv-lines';

const ABOUT = { file: 'f.csv', what: 'The file' };

describe('csvText', () => {
  it('begins no cell as a formula begins, and gives every cell back', () => {
    const cells = ['=1+1', '+a', '-a', '@a', '\ta', '\ra', "'=1", "''=1", "'a", 'a=1', '', 'a,"b"\n'];
    const { columns } = csvLines(csvText(cells), ABOUT);
    expect(columns.filter((cell) => /^[=+\-@\t\r]/.test(cell))).toEqual([]);
    expect(columns.map(plainCell)).toEqual(cells);
    expect(csvText(['=1+1', "'a", '0.5'])).toBe("'=1+1,'a,0.5\n");
  });

  it('escapes full-width signs, which spreadsheets compute too', () => {
    const cells = ['＝1', '＋1', '－1', '＠a', "'＝1"];
    expect(csvText(cells)).toBe("'＝1,'＋1,'－1,'＠a,''＝1\n");
    expect(csvLines(csvText(cells), ABOUT).columns.map(plainCell)).toEqual(cells);
  });

  it('writes the bytes that it always wrote, whatever three characters a cell holds', () => {
    const characters = [
      '=',
      '+',
      '-',
      '@',
      '\t',
      '\r',
      '\n',
      "'",
      '"',
      ',',
      ';',
      ' ',
      'a',
      '0',
      '\u00a0',
      '\ufeff',
      '\0',
      '漢',
    ];
    const cells = [''];
    for (let from = 0, length = 1; length <= 3; length += 1) {
      const shorter = cells.slice(from);
      from = cells.length;
      for (const cell of shorter) cells.push(...characters.map((character) => cell + character));
    }
    const hash = createHash('sha256').update(csvText(cells));
    for (const cell of cells) hash.update(csvText([cell])).update(csvText([cell, '', cell]));
    expect(hash.digest('hex')).toBe('cc416286db32062336bcec28a24eb235250354bbd9602ee65ee463c170e1c775');
  });
});

describe('csvLines', () => {
  it('knows where a line ends', () => {
    const { lines } = csvLines('a,b,c\n1,2\n', ABOUT);
    expect(lines.map(({ has }) => ['a', 'b', 'c', 'd'].map(has))).toEqual([[true, true, false, false]]);
  });

  it('refuses more lines than memory is there for', () => {
    const text = `picture,class\n${',\n'.repeat(2_000_000)}`;
    expect(() => csvLines(text, { file: 'a.csv', what: 'The list' })).toThrow(
      expect.objectContaining({
        code: 'FORMAT_INVALID',
        message: 'The list is no CSV: it has more than 2000000 lines',
      }),
    );
  });
});
