import { countPlanned, looksOfPlan, nextStage } from './judge-looks';

const none = { clean: 0, closed: 0, open: 0 };
const kinds = Uint8Array.from({ length: 11 }, (_, row) => (row < 8 ? 0 : 2));

describe('the next stage of a plan', () => {
  it('draws nothing where all images were drawn, some of which are to be forgotten', () => {
    const looks = looksOfPlan({ seed: 1, stages: [{ ...none, clean: 8 }] }, kinds, String);
    const counts = countPlanned(looks, (row) => row < 3);
    expect(counts).toMatchObject({ planned: { clean: 5 }, forgotten: { clean: 3 }, drawable: { clean: 0, open: 3 } });
    expect(nextStage({ ...none, clean: 8, open: 2 }, counts)).toEqual({ ...none, open: 2 });
  });

  it('draws until as many are planned as are wanted, or are left', () => {
    const stages = [{ ...none, clean: 4 }];
    const isForgotten = (row: number): boolean => row < 3;
    const wanted = { ...none, clean: 8 };
    const planned = (): number =>
      countPlanned(looksOfPlan({ seed: 1, stages }, kinds, String), isForgotten).planned.clean;
    for (let round = 0; round < 8; round += 1) {
      const stage = nextStage(wanted, countPlanned(looksOfPlan({ seed: 1, stages }, kinds, String), isForgotten));
      if (stage.clean === 0) break;
      stages.push(stage);
    }
    expect(planned()).toBe(5);
    expect(stages.length).toBeLessThan(8);
  });
});
