import type { ImageDetail } from '@winnow/contracts';
import type { FetchQueryOptions } from '@tanstack/react-query';
import { read } from '../../server/client';

/** One image as a query; a decision of anybody makes it stale. @param frame `b` and `s` of the address */
export function imageDetail(sha256: string, frame: Readonly<Record<string, string>>): FetchQueryOptions<ImageDetail> {
  return {
    queryKey: ['decisions', 'image', sha256, frame],
    queryFn: ({ signal }) => read('/api/images/:sha256', { parts: { sha256 }, search: frame, signal }),
  };
}
