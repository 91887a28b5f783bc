import { findPlaceholders } from './index';
import type { PlaceholderItem } from './index';

/** A hash whose last `bits` bits are set. */
const hash = (bits: number): string => ((1n << BigInt(bits)) - 1n).toString(16).padStart(64, '0');
const other = 'f'.repeat(32).padEnd(64, '0');

function item(id: string, changes: Partial<PlaceholderItem> = {}): PlaceholderItem {
  const defaults = { pixelSha: `pixels-${id}`, pdq: hash(0), pdqQuality: 100 };
  return { id, ...defaults, hosts: [`${id}.example`], classes: ['cat'], ...changes };
}

describe('findPlaceholders', () => {
  it('finds what is on many hosts and under several classes', () => {
    const items = [
      item('a'),
      item('elsewhere', { pdq: other, classes: ['cat', 'dog', 'owl'] }),
      item('b', { pdq: hash(8), classes: ['dog'] }),
      item('c', { pdq: hash(4) }),
    ];
    expect(findPlaceholders(items, { hosts: 3 })).toEqual(['a', 'b', 'c']);
    expect(findPlaceholders(items, { hosts: 4 })).toEqual([]);
    expect(findPlaceholders(items, { hosts: 3, radiusBits: 3 })).toEqual([]);
  });

  it('leaves popular images of one class, and one host with many classes', () => {
    const popular = Array.from({ length: 50 }, (_, index) => item(`${index}`));
    expect(findPlaceholders(popular, { hosts: 3 })).toEqual([]);
    const shop = popular.map((one, index) => ({ ...one, hosts: ['shop.example'], classes: [`class ${index}`] }));
    expect(findPlaceholders(shop, { hosts: 2 })).toEqual([]);
  });

  it('counts hosts and classes once, of all copies in the radius of one', () => {
    // Around the middle one all three; around the outer ones, 16 bits apart, two of them.
    const row = [0, 8, 16].map((bits) => item(`${bits}`, { pdq: hash(bits), classes: [`class ${bits}`] }));
    expect(findPlaceholders(row, { hosts: 3 })).toEqual(['0', '8', '16']);
    const chain = [...row, item('24', { pdq: hash(24), classes: ['class 24'] })];
    expect(findPlaceholders(chain, { hosts: 4 })).toEqual([]);
    const sameHost = row.map((one) => ({ ...one, hosts: ['a.example', 'b.example'] }));
    expect(findPlaceholders(sameHost, { hosts: 3 })).toEqual([]);
  });

  it('goes by pixels alone where the hash tells nothing', () => {
    const flat = { pdqQuality: 0, pixelSha: 'white' };
    const items = [item('a', flat), item('b', { ...flat, classes: ['dog'] }), item('c', { pdqQuality: 0 })];
    expect(findPlaceholders(items, { hosts: 2 })).toEqual(['a', 'b']);
    expect(findPlaceholders([], { hosts: 2 })).toEqual([]);
  });
});
