import { parseProjectYaml } from './parse-project-yaml';

const lines = (count: number, line: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => `${line(index)}\n`).join('');

describe('parseProjectYaml', () => {
  it('reads 30,000 keys and finds the one that stands twice', () => {
    const text = lines(30_000, (index) => `key${index}: ${index}`);
    const { value, lineOf } = parseProjectYaml(text, 'p.yaml');
    expect(value).toHaveProperty('key29999', 29_999);
    expect(lineOf(['key29999'])).toBe(30_000);
    expect(() => parseProjectYaml(`${text}key7: again\n`, 'p.yaml')).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID',
        message: 'The project file is not valid YAML: the key "key7" stands twice',
        where: 'p.yaml, line 30001',
      }),
    );
  });

  it('takes aliases, and the same key in two mappings', () => {
    const text = 'a: &x { y: [1] }\nb: *x\nc: { y: 1 }\n';
    expect(parseProjectYaml(text, 'p.yaml').value).toEqual({ a: { y: [1] }, b: { y: [1] }, c: { y: 1 } });
  });

  it.each([
    [
      'an alias within its own anchor',
      'a: &x [*x]\n',
      /nested deeper than 100 levels, or an alias within its own anchor/,
    ],
    ['an alias beside itself', 'a: &x { b: *x, c: *x, d: [*x] }\n', /within its own anchor/],
    ['3,000 levels of indentation', lines(3000, (index) => `${' '.repeat(index)}a:`), /nested deeper/],
    ['100,000 open brackets', '['.repeat(100_000), /nested deeper/],
    ['20,000 aliases', lines(20_000, (i) => `- &a${i} x`) + lines(20_000, (i) => `- *a${i}`), /more than 1000 aliases/],
    ['numbers and texts as one key', '1: a\n"1": b\n', /the key "1" stands twice/],
  ])('refuses %s in a line', (_, text, message) => {
    expect(() => parseProjectYaml(text, 'p.yaml')).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID',
        message: expect.stringMatching(message),
        where: expect.stringMatching(/^p\.yaml/),
      }),
    );
  });
});
