import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { WinnowError } from '@winnow/contracts';
import type { NoiseKind } from '@winnow/contracts';
import type { BehaviourName } from './hosts/image-host-behaviours';

/** An engine that the demo's web plays. */
export type DemoEngine = 'openverse' | 'commons' | 'bing';

/** One row of a search engine's listing and the truth about it; see examples/demo/README.md. */
export interface DemoRow {
  readonly id: string;
  readonly engine: DemoEngine;
  /** The class that was searched for: the given, noisy label. */
  readonly class: string;
  readonly kind: NoiseKind;
  /** The class that the image shows; null for open. */
  readonly truth: string | null;
  /** `<sheet>/<cell>`: rows with the same value show the same image. */
  readonly picture: string;
  /** The file: `jpeg 160 q90` or `png 160`, side in pixels. */
  readonly form: string;
  readonly behaviour: BehaviourName;
  readonly copy: { readonly of: string; readonly how: string } | null;
  readonly url: string;
  readonly title: string;
  /** Such as `by-sa 4.0`; null where the engine states none. */
  readonly licence: string | null;
  readonly creator: string | null;
}

/** A sheet of square images. */
export interface DemoSheet {
  /** Relative to web.json. */
  readonly file: string;
  /** Side of a cell, pixels. */
  readonly cell: number;
  readonly columns: number;
  readonly count: number;
  /** Index in Fashion-MNIST's training split, or name of the clip art. */
  readonly sources: readonly (number | string)[];
}

/** web.json: what the demo's web lists, and the truth. */
export interface DemoListing {
  readonly seed: string;
  readonly classes: readonly string[];
  readonly engines: readonly DemoEngine[];
  readonly hosts: readonly string[];
  readonly sheets: Readonly<Record<string, DemoSheet>>;
  readonly rows: readonly DemoRow[];
}

/** Reads web.json. @throws WinnowError FILE_NOT_FOUND */
export function readDemoListing(imagesDir: string): DemoListing {
  const path = join(imagesDir, 'web.json');
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as DemoListing;
  } catch (cause) {
    const next = 'Name the folder examples/demo, or rebuild it with tools/demo-images/build.mjs.';
    throw new WinnowError('FILE_NOT_FOUND', 'The listing of the demo web cannot be read', { where: path, next, cause });
  }
}

/** The page that shows a row's image: on the image's own host. */
export function pageUrlOf(row: DemoRow): string {
  return new URL(`/posts/${row.id}.html`, row.url).href;
}

/** What an engine lists for a class, best first. */
export function rowsOf(listing: DemoListing, engine: DemoEngine, className: string | undefined): readonly DemoRow[] {
  return listing.rows.filter((row) => row.engine === engine && row.class === className);
}
