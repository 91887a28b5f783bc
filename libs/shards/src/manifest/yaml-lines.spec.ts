import { createHash } from 'node:crypto';
import { yamlLines } from './yaml-lines';
import type { YamlValue } from './yaml-lines';

/** Texts and keys that some YAML takes for a truth value, number, date, markup or the end of a line. */
const TEXTS = [
  ...['no', 'on', 'off', 'OFF', 'y', 'Y', 'n', 'yes', 'null', '~', 'true', 'True', '', ' ', 'a', 'A9', 'ab', 'a_b'],
  ...['0', '12', '+1', '1e3', '0x1f', '1_000', '12:30', '2001-01-01', '.inf', '.nan', '007', '-0'],
  ...[
    '-',
    '- a',
    '?',
    '? a',
    '#',
    '# a',
    ': ',
    'a:',
    'a: b',
    '[',
    '{}',
    '<<',
    '=',
    '...',
    '---',
    '&a',
    '*a',
    '!t',
    '%',
  ],
  ...['a-b', 'a b', '__key__', '_a', 'é', '漢字', '😀', '"', "'", '\\', '\\ud800', '/', 'a/b', 'x'.repeat(500)],
  ...['\0', '\x07', '\x1b', '\t', 'a\nb', 'a\r\nb', '\x7f', '\x85', '\u00a0', '\u2028', '\u2029', '\ufeff', '\ufffe'],
  ...['\uffff', '\ud800', 'a\udc00b', ' a', 'a ', '\u202e'],
];

const shapesOf = (text: string): YamlValue[] => [
  text,
  { [text]: 1 },
  { [text]: { [text]: text }, b: [] },
  [text, [text, []], { [text]: [] }],
  { a: [[text, [{ [text]: null, c: true }]]] },
];

describe('yamlLines', () => {
  it('writes the text that it always wrote, for every kind of text and key', () => {
    const shared = { name: 'x', dtype: 'string' };
    const values: YamlValue[] = [
      ...TEXTS.flatMap(shapesOf),
      { one: shared, two: [shared, shared] },
      [],
      {},
      null,
      -1.5e-7,
    ];
    const text = values.flatMap(yamlLines).join('\n');
    expect(createHash('sha256').update(text).digest('hex')).toBe(
      '3a405efbacab69a272b86652591c1b6f0f6fc7bcde1a92b10b77c1156b1ec031',
    );
  });

  it('writes blocks, keys in the order given, every text quoted', () => {
    const names = Object.fromEntries(['no', 'blue tit'].entries());
    expect(yamlLines({ b: { names }, a: ['x', { list: [], struct: {} }, 0.5, null, false], on: 'é\u2028' })).toEqual([
      'b:',
      '  names:',
      '    "0": "no"',
      '    "1": "blue tit"',
      'a:',
      '  - "x"',
      '  - list: []',
      '    struct: {}',
      '  - 0.5',
      '  - null',
      '  - false',
      String.raw`"on": "é\u2028"`,
    ]);
  });
});
