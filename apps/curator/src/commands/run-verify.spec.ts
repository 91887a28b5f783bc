import { adviceOn } from './run-verify';

const found = { hasBuild: true, isRepaired: false };

describe('adviceOn', () => {
  it('never removes a build for an original, and says each thing once', () => {
    const [original, ...more] = adviceOn([{ kind: 'original' }, { kind: 'original' }], found);
    expect(more).toEqual([expect.stringMatching(/^Keep the build/)]);
    expect(original).toContain('--repair');
    expect(adviceOn([{ kind: 'database' }, { kind: 'build' }, { kind: 'build' }], found)).toEqual([
      expect.stringMatching(/^Remove dataset\.json .*winnow build/),
      expect.stringContaining('rows of the database'),
    ]);
    expect(adviceOn([], found)).toEqual([]);
    expect(adviceOn([{ kind: 'original' }], { ...found, hasBuild: false })).toEqual([original]);
  });

  it('keeps a build, sound or damaged, while originals are missing that it was made from', () => {
    const left = { hasBuild: true, isRepaired: true };
    const keepsDamaged = expect.stringMatching(/^Keep the build, damaged as it is.*Once they are back, remove/);
    expect(adviceOn([{ kind: 'original' }], left)).toEqual([expect.stringMatching(/^Keep the build: /)]);
    expect(adviceOn([{ kind: 'build' }, { kind: 'original' }], left)).toEqual([keepsDamaged]);
    expect(adviceOn([{ kind: 'build' }, { kind: 'original' }], found)).toEqual([
      expect.stringContaining('--repair'),
      keepsDamaged,
    ]);
  });
});
