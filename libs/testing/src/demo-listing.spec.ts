import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { decodeImage, pdqHash } from '@winnow/imaging';
import { readDemoListing } from './demo-listing';
import type { DemoRow } from './demo-listing';
import { IMAGE_HOST_BEHAVIOURS } from './hosts/image-host-behaviours';
import { imageSheets } from './image-sheets';

const imagesDir = resolve(__dirname, '../../../examples/demo');
const listing = readDemoListing(imagesDir);
const countBy = (rows: readonly DemoRow[], keyOf: (row: DemoRow) => string): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const row of rows) counts[keyOf(row)] = (counts[keyOf(row)] ?? 0) + 1;
  return counts;
};

describe('examples/demo', () => {
  it('takes at most 6 MB', () => {
    const files = readdirSync(imagesDir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const sizes = files.map((entry) => statSync(join(entry.parentPath, entry.name)).size);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(6e6);
  });

  it('lists 300 rows a class: 45 % clean, 20 % closed, 35 % open', () => {
    expect(listing.classes).toHaveLength(8);
    for (const name of listing.classes) {
      const rows = listing.rows.filter((row) => row.class === name);
      expect(countBy(rows, ({ kind }) => kind)).toEqual({ clean: 135, closed: 60, open: 105 });
      expect(countBy(rows, ({ engine }) => engine)).toEqual({ openverse: 110, commons: 90, bing: 100 });
    }
  });

  it('has a truth that agrees with the images', () => {
    for (const { kind, truth, picture: image, class: given } of listing.rows) {
      const shown = image.replace(/\/\d+$/, '').replace('-boot', ' boot');
      expect(truth).toBe(kind === 'open' ? null : shown);
      expect(kind).toBe(!listing.classes.includes(shown) ? 'open' : shown === given ? 'clean' : 'closed');
    }
  });

  it('names only known hosts, behaviours and cells; ids are unique, and an engine lists a URL once a class', () => {
    for (const row of listing.rows) {
      expect(listing.hosts).toContain(new URL(row.url).host);
      expect(Object.keys(IMAGE_HOST_BEHAVIOURS)).toContain(row.behaviour);
      const [sheet = '', cell] = row.picture.split('/');
      expect(Number(cell)).toBeLessThan(listing.sheets[sheet]?.count ?? 0);
    }
    const unique = (keys: string[]): boolean => new Set(keys).size === keys.length;
    expect(unique(listing.rows.map(({ id }) => id))).toBe(true);
    expect(unique(listing.rows.map((row) => `${row.engine} ${row.class} ${row.url}`))).toBe(true);
    for (const { sources } of Object.values(listing.sheets)) expect(unique(sources.map(String))).toBe(true);
  });

  it('has every behaviour and every way of copying', () => {
    expect(Object.keys(countBy(listing.rows, ({ behaviour }) => behaviour)).sort()).toEqual(
      Object.keys(IMAGE_HOST_BEHAVIOURS).sort(),
    );
    const copies = listing.rows.filter(({ copy }) => copy !== null);
    expect(copies).toHaveLength(240);
    expect(Object.keys(countBy(copies, ({ copy }) => copy?.how ?? '')).sort()).toEqual(
      ['re-encoded', 'resized', 'same-bytes', 'same-url'].sort(),
    );
    const byId = new Map(listing.rows.map((row) => [row.id, row]));
    for (const { picture: image, copy, url } of copies) {
      const original = byId.get(copy?.of ?? '');
      expect(original).toMatchObject({ picture: image, behaviour: 'plain', copy: null });
      expect(original?.url === url).toBe(copy?.how === 'same-url');
    }
    expect(new Set(listing.rows.map(({ picture: image }) => image)).size).toBe(listing.rows.length - copies.length);
  });

  it('has copies that PDQ finds, among images that PDQ tells apart', async () => {
    const render = imageSheets(imagesDir, listing);
    const hashOf = async (row: DemoRow): Promise<bigint> => {
      const decoded = await decodeImage((await render(row)).bytes, { maxPixels: 1e6, minSide: 1, maxAspectRatio: 1 });
      if (!decoded.ok) throw new Error(decoded.detail);
      return BigInt(`0x${(await pdqHash(decoded.image)).hash}`);
    };
    const distance = (a: bigint, b: bigint): number => (a ^ b).toString(2).replaceAll('0', '').length;
    const rows = listing.rows.filter((row) => row.class === 'bag');
    const originals = await Promise.all(rows.filter(({ copy }) => copy === null).map(hashOf));
    const copies = rows.filter(({ copy }) => copy !== null);
    const own = new Map(
      rows.filter(({ copy }) => copy === null).map(({ picture: image }, index) => [image, originals[index]]),
    );
    const distances = await Promise.all(copies.map(async (row) => [own.get(row.picture), await hashOf(row)] as const));
    const found = distances.filter(([original, copy]) => original !== undefined && distance(original, copy) <= 31);
    expect(found.length).toBe(distances.filter(([original]) => original !== undefined).length);
    const near = originals.flatMap((a, i) => originals.slice(i + 1).filter((b) => distance(a, b) <= 31));
    expect(near.length).toBeLessThanOrEqual(2);
  });

  it('has a test set of 250 images a class', () => {
    const tar = readFileSync(join(imagesDir, 'test.tar'));
    const names: string[] = [];
    for (let offset = 0; tar[offset] !== 0;) {
      names.push(tar.toString('latin1', offset, offset + 100).replace(/\0.*$/, ''));
      const size = parseInt(tar.toString('latin1', offset + 124, offset + 135), 8);
      offset += 512 + Math.ceil(size / 512) * 512;
    }
    expect(new Set(names).size).toBe(2000);
    for (const name of listing.classes) {
      expect(names.filter((file) => new RegExp(`^${name}/\\d{5}\\.png$`).test(file))).toHaveLength(250);
    }
  });
});
