import { distinctHashes } from './hashes/distinct-hashes';
import { HASH_WORDS, hashWords } from './hashes/hamming-distance';
import { HammingIndex } from './hashes/hamming-index';
import { listAt, listMembers } from './pairs/row-lists';

/** What is known of where an image was found. */
export interface PlaceholderItem {
  readonly id: string;
  /** SHA-256 of the decoded pixels. */
  readonly pixelSha: string;
  /** 64 hex digits. */
  readonly pdq: string;
  /** 0..100 */
  readonly pdqQuality: number;
  /** Hosts that served it. */
  readonly hosts: readonly string[];
  /** Classes under which it was found. */
  readonly classes: readonly string[];
}

export interface PlaceholderOptions {
  /** Different hosts from which on an image is suspect. */
  readonly hosts: number;
  /** PDQ distance up to which images are one. Default 8. */
  readonly radiusBits?: number;
  /** Images under this PDQ quality are one only with those of the same pixels. Default 50. */
  readonly minPdqQuality?: number;
}

/**
 * Finds "image not available" images: the same image, but for a few bits of its hash, on many hosts and under more
 * than one class. A popular image is copied as often, but shows one thing. Groups are all images within the radius
 * of one of them, so none grows by chains.
 * @returns ids, in list order
 * @throws WinnowError FORMAT_INVALID for a hash
 */
export function findPlaceholders(
  items: readonly PlaceholderItem[],
  { hosts, radiusBits = 8, minPdqQuality = 50 }: PlaceholderOptions,
): string[] {
  const found = new Uint8Array(items.length);
  const indices = items.map((_, place) => place);
  const isHashed = (place: number): boolean => (items[place] as PlaceholderItem).pdqQuality >= minPdqQuality;
  const mark = (groups: Iterable<readonly number[]>): void => {
    for (const group of groups) if (isSuspect(items, group, hosts)) for (const place of group) found[place] = 1;
  };
  mark(
    byPixels(
      items,
      indices.filter((place) => !isHashed(place)),
    ),
  );
  mark(byHash(items, indices.filter(isHashed), radiusBits));
  return items.flatMap(({ id }, place) => (found[place] === 1 ? [id] : []));
}

function byPixels(items: readonly PlaceholderItem[], indices: readonly number[]): Iterable<readonly number[]> {
  const groups = new Map<string, number[]>();
  for (const place of indices) {
    const { pixelSha } = items[place] as PlaceholderItem;
    const group = groups.get(pixelSha);
    if (group === undefined) groups.set(pixelSha, [place]);
    else group.push(place);
  }
  return groups.values();
}

/** One group around each hash, one at a time: they overlap. */
function* byHash(
  items: readonly PlaceholderItem[],
  indices: readonly number[],
  radiusBits: number,
): Iterable<readonly number[]> {
  const { words, rowOf } = distinctHashes(hashWords(indices.map((place) => (items[place] as PlaceholderItem).pdq)));
  const rows = words.length / HASH_WORDS;
  const members = listMembers(rowOf, rows);
  const index = new HammingIndex(words);
  for (let row = 0; row < rows; row += 1) {
    const hits = index.search(words.subarray(row * HASH_WORDS, (row + 1) * HASH_WORDS), radiusBits);
    yield hits.flatMap((hit) => Array.from(listAt(members, hit.index), (member) => indices[member] as number));
  }
}

function isSuspect(items: readonly PlaceholderItem[], group: readonly number[], minHosts: number): boolean {
  const hosts = new Set<string>();
  const classes = new Set<string>();
  for (const place of group) {
    const item = items[place] as PlaceholderItem;
    for (const host of item.hosts) hosts.add(host);
    for (const name of item.classes) classes.add(name);
    if (hosts.size >= minHosts && classes.size > 1) return true;
  }
  return false;
}
