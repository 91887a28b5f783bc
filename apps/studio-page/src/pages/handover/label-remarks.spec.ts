import { labelRemarks } from './label-remarks';

describe('labelRemarks', () => {
  const told = (...[labels, kinds, decided = false]: [string, string, boolean?]): string[] =>
    labelRemarks({ labels, kinds: kinds.split(' '), decided } as Parameters<typeof labelRemarks>[0]);

  it('warns of closed and open images that keep labels which the split calls wrong', () => {
    expect(told('given', 'clean closed')).toEqual([
      'Closed images keep labels that the split calls wrong: choose refined labels, or leave closed out.',
    ]);
    expect(told('decided', 'closed')).toEqual([expect.stringMatching(/^Closed images that nobody decided on keep/)]);
    expect(told('given', 'clean open', true)).toEqual([expect.stringMatching(/^Open images keep/)]);
    expect(told('refined', 'closed open')).toEqual([expect.stringMatching(/^Open images that nobody decided on keep/)]);
    expect(told('decided', 'clean closed open')).toHaveLength(2);
  });

  it('is silent where people or the split give the labels', () => {
    for (const found of [
      told('decided', 'closed open', true),
      told('refined', 'clean closed'),
      told('refined', 'open', true),
      told('given', 'clean'),
    ])
      expect(found).toEqual([]);
  });
});
