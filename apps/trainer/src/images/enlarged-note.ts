import type { ProjectConfig } from '@winnow/config';

/**
 * What a person should know where images are enlarged on the way to the networks; null where they are not.
 * @param builtSize side of the data set's images, pixels
 */
export function enlargedNote({ train }: Pick<ProjectConfig, 'train'>, builtSize: number): string | null {
  const { size } = train;
  if (size === undefined || size <= builtSize) return null;
  return `The data set's images of ${builtSize} px are enlarged to ${size} (train.size), which blurs them, while test images come from their files: set build.size to ${size} and build again.`;
}
