import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import type { SchemaElement } from 'hyparquet-writer';
import { stableJson } from '@winnow/files';
import { bestSource } from './attribution';
import type { StoredSample } from './build-manifest';

type Cell = string | number | bigint | null | readonly string[];

interface Column {
  readonly name: string;
  readonly type: 'text' | 'text or null' | 'texts' | 'integer' | 'integer or null' | 'long';
}

const COLUMNS = [
  { name: 'key', type: 'text' },
  { name: 'split', type: 'text' },
  { name: 'shard', type: 'text' },
  { name: 'offset', type: 'long' },
  { name: 'length', type: 'long' },
  { name: 'extension', type: 'text' },
  { name: 'class', type: 'text' },
  { name: 'label', type: 'integer' },
  { name: 'width', type: 'integer' },
  { name: 'height', type: 'integer' },
  { name: 'sha256', type: 'text' },
  { name: 'pixel_sha256', type: 'text' },
  { name: 'pdq', type: 'text' },
  { name: 'pdq_quality', type: 'integer' },
  { name: 'flags', type: 'texts' },
  { name: 'conflicts', type: 'texts' },
  { name: 'copies', type: 'integer' },
  { name: 'engine', type: 'text or null' },
  { name: 'query', type: 'text or null' },
  { name: 'rank', type: 'integer or null' },
  { name: 'image_url', type: 'text or null' },
  { name: 'page_url', type: 'text or null' },
  { name: 'title', type: 'text or null' },
  { name: 'license', type: 'text or null' },
  { name: 'license_url', type: 'text or null' },
  { name: 'creator', type: 'text or null' },
  { name: 'provenance', type: 'text' },
] as const satisfies readonly Column[];

type ColumnName = (typeof COLUMNS)[number]['name'];

/** Rows that are in memory at once. */
const ROW_GROUP = 10_000;

/**
 * samples.parquet, piece by piece: a row a sample, in order, with where its image lies, what is known of the image,
 * the listing that it is attributed to, and all listings as JSON text. Equal samples give equal bytes.
 */
export function* samplesParquet(samples: Iterable<StoredSample>, createdBy: string): Generator<Uint8Array> {
  const writer = new ByteWriter();
  const parquet = new ParquetWriter({ writer, schema: schema(), createdBy });
  let rows: Record<ColumnName, Cell>[] = [];
  const writeRows = (): Uint8Array => {
    const columnData = COLUMNS.map(({ name }) => ({ name, data: rows.map((row) => row[name]) }));
    void parquet.write({ columnData, rowGroupSize: ROW_GROUP });
    rows = [];
    return taken(writer);
  };
  for (const sample of samples) {
    rows.push(toRow(sample));
    if (rows.length === ROW_GROUP) yield writeRows();
  }
  if (rows.length > 0) yield writeRows();
  void parquet.finish();
  yield taken(writer);
}

/** What has been written since it was last taken. */
function taken(writer: ByteWriter): Uint8Array {
  const bytes = writer.getBytes().slice();
  writer.index = 0;
  return bytes;
}

const NO_LISTING = {
  engine: null,
  query: null,
  rank: null,
  imageUrl: null,
  pageUrl: null,
  title: null,
  license: null,
  licenseUrl: null,
  creator: null,
};

function toRow(sample: StoredSample): Record<ColumnName, Cell> {
  const { key, split, shard, offset, length, extension, className, label, provenance } = sample;
  const best = bestSource(provenance) ?? NO_LISTING;
  return {
    key,
    split,
    shard,
    offset: BigInt(offset),
    length: BigInt(length),
    extension,
    class: className,
    label,
    width: sample.width,
    height: sample.height,
    sha256: sample.sha256,
    pixel_sha256: sample.pixelSha256,
    pdq: sample.pdq,
    pdq_quality: sample.pdqQuality,
    flags: sample.flags ?? [],
    conflicts: sample.conflicts,
    copies: sample.copies,
    engine: best.engine,
    query: best.query,
    rank: best.rank,
    image_url: best.imageUrl,
    page_url: best.pageUrl,
    title: best.title,
    license: best.license,
    license_url: best.licenseUrl,
    creator: best.creator,
    provenance: stableJson(provenance),
  };
}

function schema(): SchemaElement[] {
  return [{ name: 'root', num_children: COLUMNS.length }, ...COLUMNS.flatMap(elementsOf)];
}

function elementsOf({ name, type }: Column): SchemaElement[] {
  const repetition = { repetition_type: type.endsWith('or null') ? 'OPTIONAL' : 'REQUIRED' } as const;
  if (type === 'texts') {
    return [
      { name, ...repetition, converted_type: 'LIST', num_children: 1 },
      { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
      { name: 'element', repetition_type: 'REQUIRED', type: 'BYTE_ARRAY', converted_type: 'UTF8' },
    ];
  }
  if (type.startsWith('text')) return [{ name, ...repetition, type: 'BYTE_ARRAY', converted_type: 'UTF8' }];
  return [{ name, ...repetition, type: type === 'long' ? 'INT64' : 'INT32' }];
}
