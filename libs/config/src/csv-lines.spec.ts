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
});

describe('csvLines', () => {
  it('knows where a line ends', () => {
    const { lines } = csvLines('a,b,c\n1,2\n', ABOUT);
    expect(lines.map(({ has }) => ['a', 'b', 'c', 'd'].map(has))).toEqual([[true, true, false, false]]);
  });
});
