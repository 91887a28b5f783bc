import { onEngines } from '@winnow/tensor';
import { mixedTargets, sharedTargets } from './batch-tensors';

onEngines(() => {
  it('sharedTargets gives its share to the label and the rest to the partner', () => {
    const targets = sharedTargets([0, 1, 2], [1, 1, 0], { fractions: [0.25, 0.3, 1], classCount: 3 });
    expect(targets.arraySync()).toEqual([
      [0.25, 0.75, 0],
      [0, 1, 0],
      [0, 0, 1],
    ]);
    targets.dispose();
  });

  it('mixedTargets takes partners in the order in which images are mixed', () => {
    const targets = mixedTargets([0, 1, 2], { order: [1, 2, 0], lambda: 0.75, classCount: 3 });
    expect(targets.arraySync()).toEqual([
      [0.75, 0.25, 0],
      [0, 0.75, 0.25],
      [0.25, 0, 0.75],
    ]);
    targets.dispose();
  });
}, ['wasm']);
