import { resolveRecipe } from './train-settings';

describe('resolveRecipe', () => {
  const own = { schedule: 'steps', recipe: { nesterov: true, warmUp: 0.05 } } as const;

  it('takes what the run asks for, else what the method has, else plain momentum without warm-up', () => {
    expect(resolveRecipe(own)).toEqual({ schedule: 'steps', nesterov: true, warmUp: 0.05 });
    expect(resolveRecipe(own, { schedule: 'cosine', nesterov: false, warmUp: 0 })).toEqual({
      schedule: 'cosine',
      nesterov: false,
      warmUp: 0,
    });
    expect(resolveRecipe({ schedule: 'cosine' })).toEqual({ schedule: 'cosine', nesterov: false, warmUp: 0 });
  });
});
