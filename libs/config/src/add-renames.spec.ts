import { addRenames } from './add-renames';

const RENAMES = { dogs: 'dog', tench: 'tench, Tinca tinca', '12': '#3' };
const PAIRS = ['dogs: dog', 'tench: "tench, Tinca tinca"', '"12": "#3"'];
/** Whole numbers come first among the keys of an object. */
const IN_ORDER = [PAIRS[2], PAIRS[0], PAIRS[1]];
const BLOCK = (indent: string, newline = '\n') => IN_ORDER.map((pair) => `${indent}${pair}${newline}`).join('');
const LINE = IN_ORDER.join(', ');

describe('addRenames', () => {
  it.each([
    [
      'after other keys, with comments',
      '# mine\nname:   p # here\nclasses: [a, b]\n\nteacher:\n    weights: t # kept\n\n# end\nbuild: { size: 8 }\n',
      `# mine\nname:   p # here\nclasses: [a, b]\n\nteacher:\n    weights: t # kept\n    rename:\n${BLOCK('      ')}\n# end\nbuild: { size: 8 }\n`,
    ],
    [
      'after a list of lines, at the end of the file',
      'teacher:\n  classes:\n  - a\n  - b',
      `teacher:\n  classes:\n  - a\n  - b\n  rename:\n${BLOCK('    ')}`.trimEnd(),
    ],
    ['on a line', 'a: {b: 1}\nteacher: { weights: t }\n', `a: {b: 1}\nteacher: { weights: t, rename: { ${LINE} } }\n`],
    [
      'on a line, after others',
      'teacher: {weights: t, rename: {cats: cat}} # x\n',
      `teacher: {weights: t, rename: {cats: cat, ${LINE}}} # x\n`,
    ],
    [
      'where there were none',
      'teacher: { rename: {}, weights: t }\n',
      `teacher: { rename: { ${LINE} }, weights: t }\n`,
    ],
    [
      'after others, with line ends of Windows',
      'teacher:\r\n  rename:\r\n    cats: cat\r\n  weights: t\r\n',
      `teacher:\r\n  rename:\r\n    cats: cat\r\n${BLOCK('    ', '\r\n')}  weights: t\r\n`,
    ],
  ])('writes names %s', (_how, before, after) => {
    expect(addRenames(before, RENAMES, 'p.yaml')).toBe(after);
  });

  it.each([
    'x: &t { weights: t }\nteacher: *t\n',
    'teacher: t\n',
    'name: p\n',
    'teacher: { rename: x }\n',
    'teacher:\n  rename:\n',
    'teacher: { weights: t, }\n',
    '',
  ])('refuses to change %j where it would break, or does it', (text) => {
    let written = '';
    try {
      written = addRenames(text, { a: 'b' }, 'p.yaml');
    } catch (error) {
      expect(error).toMatchObject({ code: 'CONFIG_INVALID', next: expect.stringContaining('rename: { a: b }') });
    }
    expect(written === '' || written.includes('a: b')).toBe(true);
  });
});
