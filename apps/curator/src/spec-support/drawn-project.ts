import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { loadProject } from '@winnow/config';
import type { ProjectConfig } from '@winnow/config';
import { recordTestCrawl } from '@winnow/db/testing';
import type { Database } from '@winnow/db';
import { decodeImage, encodePng, resampleRegion, resizeRgb } from '@winnow/imaging';
import { SeededRandom } from '@winnow/random';
import { blobPath } from '@winnow/store';

/** An image file of a crawl. */
export interface DrawnImage {
  readonly className: string;
  readonly bytes: Uint8Array;
  readonly sha256: string;
}

/** Smooth random images, all different, in turn of class a and b. */
export async function drawImages(count: number): Promise<readonly DrawnImage[]> {
  const images: DrawnImage[] = [];
  for (let index = 0; index < count; index += 1) {
    const random = new SeededRandom(100 + index);
    const noise = { width: 24, height: 24, data: Uint8Array.from({ length: 1728 }, () => random.int(256)) };
    const bytes = await encodePng(await resizeRgb(noise, 140, 'squash'));
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    images.push({ className: index % 2 === 0 ? 'a' : 'b', bytes, sha256 });
  }
  return images;
}

/** The middle of a drawn image, under the other class: further from it than hashes reach. */
export async function cutImage({ className, bytes }: DrawnImage): Promise<DrawnImage> {
  const decoded = await decodeImage(bytes, { maxPixels: 1e6, minSide: 1, maxAspectRatio: 9 });
  if (!decoded.ok) throw new Error(decoded.detail);
  const region = { left: 8, top: 8, width: 124, height: 124 };
  const cut = await encodePng({ width: 140, height: 140, data: resampleRegion(decoded.image, region, 140) });
  return {
    className: className === 'a' ? 'b' : 'a',
    bytes: cut,
    sha256: createHash('sha256').update(cut).digest('hex'),
  };
}

/** A project of the classes a and b in a folder. @param more lines of its file */
export async function writeProject(root: string, more = ''): Promise<ProjectConfig> {
  mkdirSync(root, { recursive: true });
  const classes = 'classes: [{ name: a, queries: [a] }, { name: b, queries: [b] }]';
  writeFileSync(path.join(root, 'p.yaml'), `name: p\n${classes}\n${more}`);
  return loadProject('p.yaml', { cwd: root, env: {} });
}

/** Stores images as a crawl does. */
export async function storeImages(db: Database, config: ProjectConfig, images: readonly DrawnImage[]): Promise<void> {
  for (const { bytes, sha256 } of images) {
    const file = blobPath(config.paths.blobs, sha256);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, bytes);
  }
  await recordTestCrawl(
    db,
    config.name,
    images.map(({ className, sha256, bytes }) => ({
      ...{ className, sha256, sizeBytes: bytes.length, mime: 'image/png', width: 140, height: 140 },
    })),
  );
}
