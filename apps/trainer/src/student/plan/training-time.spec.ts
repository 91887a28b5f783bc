import { tellTime } from './training-time';

describe('tellTime', () => {
  it('tells once how long the steps will take, by those after the first, and passes all on', () => {
    let nowMillis = 0;
    const said: string[] = [];
    const shown: unknown[] = [];
    const sink = {
      start: () => ({ update: (...corrected: unknown[]) => void shown.push(corrected), end: () => undefined }),
    };
    const corrected = tellTime(
      sink,
      (line) => void said.push(line),
      () => nowMillis,
    );
    const other = corrected.start({ label: 'predict', total: 100, unit: 'images' });
    const task = corrected.start({ label: 'train kd', total: 1010, unit: 'steps' });
    for (let step = 1; step <= 20; step += 1) {
      // The first prepares what later ones find ready.
      nowMillis += step === 1 ? 30_000 : 500;
      other.update(step);
      task.update(step, 'epoch 1');
    }
    // Six steps of half a second make 3 s: by then 1,003 are left.
    expect(said).toEqual([
      '  Time: about 8 min 22 s for 1,003 steps, 0.50 s each; measuring the student comes on top.',
    ]);
    expect(shown).toHaveLength(40);
  });
});
