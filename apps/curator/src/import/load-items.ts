import { createHash } from 'node:crypto';
import type { ReadImage, SourceItem } from './sources/import-source';

/** An item of a known class with what was read of it. */
export interface LoadedItem {
  readonly item: SourceItem;
  readonly className: string;
  /** Null where it is to be fetched. */
  readonly image:
    | (Extract<ReadImage, { ok: true }> & { readonly sha256: string })
    | Extract<ReadImage, { ok: false }>
    | null;
}

/** Items of a batch, one transaction. */
const BATCH_ITEMS = 512;
/** A batch is ended early once so much was read. */
const BATCH_BYTES = 64_000_000;
/** Files that are read at once. */
const AT_ONCE = 16;

/**
 * Reads items, some at once, and groups them by what may be held in memory.
 * @param classOf the class under which an item is imported; null for one that is passed over
 */
export async function* loadItems(
  items: AsyncIterable<SourceItem>,
  classOf: (item: SourceItem) => string | null,
): AsyncGenerator<readonly LoadedItem[]> {
  let batch: LoadedItem[] = [];
  let sizeBytes = 0;
  for await (const group of groups(items, classOf)) {
    const loaded = await Promise.all(group.map(load));
    batch.push(...loaded);
    sizeBytes += loaded.reduce((sum, { image }) => sum + (image?.ok === true ? image.bytes.length : 0), 0);
    if (batch.length < BATCH_ITEMS && sizeBytes < BATCH_BYTES) continue;
    yield batch;
    batch = [];
    sizeBytes = 0;
  }
  if (batch.length > 0) yield batch;
}

type Known = Pick<LoadedItem, 'item' | 'className'>;

async function* groups(
  items: AsyncIterable<SourceItem>,
  classOf: (item: SourceItem) => string | null,
): AsyncGenerator<readonly Known[]> {
  let group: Known[] = [];
  for await (const item of items) {
    const className = classOf(item);
    if (className !== null) group.push({ item, className });
    if (group.length < AT_ONCE) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}

async function load({ item, className }: Known): Promise<LoadedItem> {
  if (item.read === null) return { item, className, image: null };
  const image = await item.read();
  if (!image.ok) return { item, className, image };
  const sha256 = createHash('sha256').update(image.bytes).digest('hex');
  return { item, className, image: { ...image, sha256 } };
}
