import type { Provenance } from '@winnow/contracts';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import type { StoredSample } from './build-manifest';
import { samplesParquet } from './samples-parquet';

function source(rank: number, more: Partial<Provenance> = {}): Provenance {
  return {
    engine: 'openverse',
    query: 'a cat',
    className: 'cat',
    page: 1,
    rank,
    imageUrl: `https://a.test/${rank}.jpg`,
    pageUrl: null,
    title: null,
    license: null,
    licenseUrl: null,
    creator: null,
    ...more,
  };
}

function stored(index: number, more: Partial<StoredSample> = {}): StoredSample {
  return {
    key: String(index).padStart(9, '0'),
    split: 'train',
    shard: 'train-000000.tar',
    extension: 'jpg',
    offset: 512 + 5_000_000_000 * index,
    length: 100 + index,
    className: 'cat',
    label: 0,
    width: 640,
    height: 480,
    sha256: String(index).padStart(64, 'a'),
    pixelSha256: String(index).padStart(64, 'b'),
    pdq: '0'.repeat(64),
    pdqQuality: 90,
    conflicts: [],
    copies: 1,
    provenance: [],
    ...more,
  };
}

function written(samples: Iterable<StoredSample>): ArrayBuffer {
  const bytes = Buffer.concat([...samplesParquet(samples, 'winnow 0')]);
  return new Uint8Array(bytes).buffer;
}

describe('samplesParquet', () => {
  it('has a row a sample with the listing that it is attributed to, and all of them as text', async () => {
    const listings = [
      source(1),
      source(2, { license: 'CC0', creator: 'Zoë "Z" 💚', title: 'a\nb', pageUrl: 'https://a.test' }),
    ];
    const file = written([
      stored(0, { flags: ['blurry', 'dark'], conflicts: ['dog', 'owl|x'], provenance: listings, copies: 2 }),
      stored(1, { extension: 'webp', label: 3 }),
    ]);
    const [first, second] = (await parquetReadObjects({ file })) as [Record<string, unknown>, Record<string, unknown>];
    expect(first).toMatchObject({
      key: '000000000',
      offset: 512n,
      length: 100n,
      class: 'cat',
      flags: ['blurry', 'dark'],
      conflicts: ['dog', 'owl|x'],
      copies: 2,
      rank: 2,
      image_url: 'https://a.test/2.jpg',
      page_url: 'https://a.test',
      title: 'a\nb',
      license: 'CC0',
      license_url: null,
      creator: 'Zoë "Z" 💚',
    });
    expect(JSON.parse(String(first['provenance']))).toEqual(listings);
    expect(second).toEqual({
      key: '000000001',
      split: 'train',
      shard: 'train-000000.tar',
      offset: 5_000_000_512n,
      length: 101n,
      extension: 'webp',
      class: 'cat',
      label: 3,
      width: 640,
      height: 480,
      sha256: '1'.padStart(64, 'a'),
      pixel_sha256: '1'.padStart(64, 'b'),
      pdq: '0'.repeat(64),
      pdq_quality: 90,
      flags: [],
      conflicts: [],
      copies: 1,
      ...Object.fromEntries(
        ['engine', 'query', 'rank', 'image_url', 'page_url', 'title', 'license', 'license_url', 'creator'].map(
          (name) => [name, null],
        ),
      ),
      provenance: '[]',
    });
  });

  it('comes in groups of rows, in order, the same bytes each time; without samples it has columns all the same', async () => {
    function* many(): Generator<StoredSample> {
      for (let index = 0; index < 10_001; index += 1) yield stored(index);
    }
    const file = written(many());
    expect(Buffer.from(file).equals(Buffer.from(written(many())))).toBe(true);
    const { row_groups: groups } = parquetMetadata(file);
    expect(groups.map(({ num_rows: rows }) => rows)).toEqual([10_000n, 1n]);
    const keys = (await parquetReadObjects({ file, columns: ['key'] })).map((row) => row['key']);
    expect(keys).toEqual(Array.from(many(), ({ key }) => key));
    const empty = written([]);
    expect(parquetMetadata(empty)).toMatchObject({ num_rows: 0n });
    expect(
      parquetMetadata(empty)
        .schema.map(({ name }) => name)
        .slice(0, 4),
    ).toEqual(['root', 'key', 'split', 'shard']);
  });
});
