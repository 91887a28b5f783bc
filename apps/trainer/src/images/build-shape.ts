import type { ProjectConfig } from '@winnow/config';
import type { BuildRecord } from '@winnow/db';

/** Size and shape of a data set's images. */
export type BuildShape = Pick<ProjectConfig['build'], 'size' | 'resize'>;

/** What the data set was built with, which flags of `winnow build` may have set; the project's settings where it does not say. */
export function buildShape({ config }: Pick<BuildRecord, 'config'>, settings: ProjectConfig['build']): BuildShape {
  const recorded = (config as { readonly build?: Partial<BuildShape> } | undefined)?.build;
  return { size: recorded?.size ?? settings.size, resize: recorded?.resize ?? settings.resize };
}
