import { ByteBudget } from './byte-budget';

describe('ByteBudget', () => {
  it('lets nobody in while it is used up', async () => {
    const budget = new ByteBudget(100);
    const steps: string[] = [];
    await budget.room();
    const first = budget.add(90);
    await budget.room();
    const second = budget.add(90);
    const waiting = [1, 2].map((number) => budget.room().then(() => steps.push(`in ${number}`)));
    await Promise.resolve();
    expect(steps).toEqual([]);
    first();
    await Promise.all(waiting);
    expect(steps).toEqual(['in 1', 'in 2']);
    second();
    await budget.room();
  });
});
