import type { ImageDetail } from '@winnow/contracts';

const MAX_LIKELY = 3;

/**
 * Classes that an image may show, the likeliest first: what the split takes it for, what it was found as, and what it was
 * found as elsewhere.
 */
export function likeliest(image: Pick<ImageDetail, 'kind' | 'given' | 'refined'> | null): readonly number[] {
  if (image === null) return [];
  const { kind, given, refined } = image;
  const first = kind === 'clean' ? [given, refined] : [refined, given];
  return [...new Set(first.filter((index) => index !== null))].slice(0, MAX_LIKELY);
}
