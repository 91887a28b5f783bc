import type { ProjectConfig } from '@winnow/config';
import type { JsonValue } from '@winnow/contracts';
import { stableJson } from '@winnow/files';
import { DECODE_LIMITS, imagingVersions } from '@winnow/imaging';
import type { SquareOptions } from '@winnow/imaging';
import { version } from '../../package.json';

/** Of dataset.json. */
export const CREATED_BY = `winnow ${version}`;

/** How a project's images are encoded. */
export function encodingSettings({ build }: Pick<ProjectConfig, 'build'>): SquareOptions {
  const { size, resize: policy, quality, format } = build;
  return { size, policy, quality, format, maxPixels: DECODE_LIMITS.maxPixels };
}

/**
 * Everything that encoded bytes follow from beside the original, as text: data sets that agree in it hold the same
 * bytes of the same original.
 * @param config of dataset.json
 * @param createdBy of dataset.json
 * @returns null where the data set does not say
 */
export function encodingIdentity(config: JsonValue, createdBy: string): string | null {
  const { build, imaging } = asObject(config);
  const { size, resize, format, quality } = asObject(build);
  const parts = [size, resize, format, quality, imaging];
  return parts.includes(undefined) ? null : stableJson([createdBy, ...parts]);
}

/** That of images which this program encodes. */
export function ownEncodingIdentity({ size, policy: resize, format, quality }: SquareOptions): string {
  const build = { size, resize, format, quality };
  return encodingIdentity({ build, imaging: imagingVersions() }, CREATED_BY) as string;
}

function asObject(value: JsonValue | undefined): Readonly<Record<string, JsonValue | undefined>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, JsonValue>>)
    : {};
}
