import { resolveRecipe } from './train-settings';

describe('resolveRecipe', () => {
  const own = { schedule: 'steps', recipe: { optimizer: 'muon', nesterov: true, warmUp: 0.05 } } as const;

  it('takes what the run asks for, else what the method has, else plain momentum without warm-up', () => {
    expect(resolveRecipe(own)).toEqual({ schedule: 'steps', ...own.recipe });
    const asked = { schedule: 'cosine', optimizer: 'adamw', nesterov: false, warmUp: 0 } as const;
    expect(resolveRecipe(own, asked)).toEqual(asked);
    expect(resolveRecipe({ schedule: 'cosine' })).toEqual({ ...asked, optimizer: 'sgd' });
  });
});
