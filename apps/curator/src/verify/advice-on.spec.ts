import { adviceOn } from './advice-on';

describe('adviceOn', () => {
  it('never removes a build for an original, and says each thing once', () => {
    const [original, ...more] = adviceOn([{ kind: 'original' }, { kind: 'original' }], true);
    expect(more).toEqual([expect.stringMatching(/^Keep the build/)]);
    expect(original).toContain('--repair');
    expect(adviceOn([{ kind: 'database' }, { kind: 'build' }, { kind: 'original' }, { kind: 'build' }], true)).toEqual([
      original,
      expect.stringContaining('winnow build'),
      expect.stringContaining('rows of the database'),
    ]);
    expect(adviceOn([], true)).toEqual([]);
    expect(adviceOn([{ kind: 'original' }], false)).toEqual([original]);
  });
});
