import { projectLines } from './project-lines';

describe('projectLines', () => {
  it('has all held-out images of the project where some are added, and leaves them alone where none are', () => {
    const options = { where: "host = 'a b'", labels: 'refined', size: 32, holdout: 'more' };
    expect(projectLines(options, ['own', '../start/more']).split('\n')).toEqual([
      'build:',
      "  where: 'host = ''a b'''",
      "  labels: 'refined'",
      '  size: 32',
      "  holdout: ['own', '../start/more']",
    ]);
    expect(projectLines({ labels: 'given' }, null)).toBe("build:\n  labels: 'given'");
  });

  it('quotes what YAML would read otherwise', () => {
    const names = ['true', '~', '1', 'a: b #c', 'ä', "it's", 'a\nb', 'a\\"\u0085\u2028\u202e'];
    expect(projectLines({}, names)).toBe(
      String.raw`build:
  holdout: ['true', '~', '1', 'a: b #c', 'ä', 'it''s', "a\nb", "a\\\"\u0085\u2028\u202e"]`,
    );
  });
});
