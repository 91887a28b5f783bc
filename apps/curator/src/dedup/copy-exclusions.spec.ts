import type { DuplicateCopy } from '@winnow/dedup';
import { copyExclusions } from './copy-exclusions';

describe('copyExclusions', () => {
  it.each<[Omit<DuplicateCopy, 'id'>, string | null]>([
    [{ outcome: 'duplicate_bytes', distanceBits: 0 }, null],
    [{ outcome: 'duplicate_pixels', distanceBits: 0 }, null],
    [{ outcome: 'duplicate_near', distanceBits: 9 }, 'PDQ distance 9 bits'],
    [{ outcome: 'duplicate_near', distanceBits: 20, flipped: true }, 'PDQ distance 20 bits, mirrored'],
    [{ outcome: 'duplicate_similar', distanceBits: 90, similarity: 0.934 }, 'cosine .93'],
    [{ outcome: 'duplicate_similar', distanceBits: 90, similarity: 1 }, 'cosine 1.00'],
  ])('says how a copy was recognised: %j', (copy, detail) => {
    const cluster = { keptId: 'kept', className: 'a', conflicts: [], copies: [{ id: 'copy', ...copy }] };
    expect(copyExclusions([cluster], new Map())).toEqual([
      { sha256: 'copy', className: '', outcome: copy.outcome, keptSha256: 'kept', detail },
    ]);
  });
});
