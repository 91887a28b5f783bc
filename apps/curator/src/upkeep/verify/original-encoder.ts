import { imagingVersions } from '@winnow/imaging';
import type { ResizePolicy } from '@winnow/contracts';
import type { SquareOptions } from '@winnow/imaging';
import { readBlob } from '@winnow/runs';
import type { DatasetManifest, ExpectedImage } from '@winnow/shards';
import { DECODE_LIMITS } from '../../build/decode-originals';
import { encodeImage } from '../../encode/encode-image';
import { encodingIdentity } from '../../encode/encoding-settings';
import { CREATED_BY } from '../../build/write-build';

/**
 * Encodes the image of a sample again, to compare it with a shard; null where its original is gone or was
 * changed, or where another
 * winnow or another image library made the build.
 */
export function originalEncoder({ config, createdBy }: DatasetManifest, blobsDir: string): ExpectedImage {
  const build = (config as { readonly build?: Partial<Record<'size' | 'resize' | 'quality' | 'format', unknown>> })
    .build;
  const ours = encodingIdentity({ ...(config as object), imaging: imagingVersions() }, CREATED_BY);
  if (build === undefined || ours === null || encodingIdentity(config, createdBy) !== ours) {
    return () => Promise.resolve(null);
  }
  const settings: SquareOptions = {
    size: Number(build.size),
    policy: build.resize as ResizePolicy,
    quality: Number(build.quality),
    format: build.format === 'png' ? 'png' : 'jpeg',
    maxPixels: DECODE_LIMITS.maxPixels,
  };
  return async ({ sha256 }) => {
    const original = await readBlob(blobsDir, sha256);
    if (!original.ok) return null;
    const encoding = await encodeImage(original.bytes, settings);
    return 'refused' in encoding ? null : encoding.bytes;
  };
}
