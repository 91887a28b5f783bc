import { digestOf } from '@winnow/columns';
import type { ImageColumns } from '@winnow/columns';
import type { ImageTile } from '@winnow/contracts';
import { columnsOf } from './measure-beside-training';

describe('columnsOf', () => {
  it('has the digests of the images that the studio shows', () => {
    const digests = ['a', 'b', '0'].map((digit) => digit.repeat(64));
    const columns = columnsOf(digests.map((sha256) => ({ sha256 }) as ImageTile));
    expect(digests.map((_, row) => digestOf(columns as ImageColumns, row))).toEqual(digests);
    expect(columns.count).toBe(3);
  });
});
