import type { AugmentOptions } from './augment-options';
import { isMoveOnly } from './augment-options';

const CHANGED: readonly AugmentOptions[] = [
  { basis: 'resized-crop' },
  { basis: 'crop-flip', randAugment: {} },
  { basis: 'flip', augMix: {} },
  { basis: 'none', colorJitter: { hue: 0.1 } },
  { basis: 'crop-flip', mixup: 0.2 },
  { basis: 'crop-flip', cutmix: 1 },
];

describe('isMoveOnly', () => {
  it.each(['crop-flip', 'flip', 'none'] as const)('holds for %s alone, however far it moves', (basis) => {
    expect(isMoveOnly({ basis })).toBe(true);
    expect(isMoveOnly({ basis, padding: 9, mixup: undefined } as AugmentOptions)).toBe(true);
  });

  it.each(CHANGED)('does not hold for %p', (augment) => {
    expect(isMoveOnly(augment)).toBe(false);
  });
});
