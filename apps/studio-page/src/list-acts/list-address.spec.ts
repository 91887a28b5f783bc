import type { ImageTile } from '@winnow/contracts';
import { readValues } from '../address/codec';
import { addRange, everything, NOTHING, toggle } from '../grid/selection';
import type { TileSource } from '../grid/tile-source';
import { IMAGE_QUERY } from '../pages/images/image-query';
import { selectionSearch } from './list-address';

const facts = { total: 500, of: 500, version: 1 };
const tiles = (ranges: readonly (readonly [number, number])[]) =>
  Promise.resolve(
    ranges.flatMap(([from, end]) =>
      Array.from({ length: end - from }, (_, step) => ({ sha256: `${from + step}` }) as ImageTile),
    ),
  );
const source = { facts, tiles } as unknown as TileSource;
const { values: query } = readValues(IMAGE_QUERY, { kind: 'closed', sort: 'doubt', q: 'side > 9 or flag = blurry' });

describe('selectionSearch', () => {
  it('is the list where nothing or everything is selected', async () => {
    const whole = { kind: 'closed', q: 'side > 9 or flag = blurry' };
    expect(await selectionSearch(source, query, NOTHING)).toEqual(whole);
    expect(await selectionSearch(source, query, everything(500))).toEqual(whole);
  });

  it('names few images, and few that are left out', async () => {
    expect(await selectionSearch(source, query, addRange(NOTHING, 7, 9))).toEqual({ q: 'sha256 in ("7", "8")' });
    expect(await selectionSearch(source, query, toggle(everything(500), 3))).toEqual({
      kind: 'closed',
      q: '(side > 9 or flag = blurry) and not sha256 in ("3")',
    });
  });

  it('says that an address cannot name hundreds', async () => {
    expect(await selectionSearch(source, query, addRange(NOTHING, 0, 200))).toBeNull();
  });
});
