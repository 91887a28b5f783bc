import { readExternalHints } from './external-hints';

describe('readForeignHints', () => {
  it('takes what winnow writes, as objects or as texts', () => {
    const input = { size: 32, range: [0, 1], mean: [0.5, 0.5, 0.5], std: [0.2, 0.2, 0.2] };
    const hints = { classes: ['a', 'b'], input, layout: 'nchw', logits: 'logits', resize: 'cover' };
    expect(readExternalHints(hints, 'model')).toEqual(hints);
    const texts = { ...hints, classes: 'a, b', input: JSON.stringify(input), layout: 'NCHW' };
    expect(readExternalHints(texts, 'model')).toEqual(hints);
    expect(readExternalHints({}, 'model')).toEqual({});
  });

  it.each([224, 'bilinear', '', { width: 32 }, null])(
    'passes over a resize that is none of its words: %j',
    (resize) => {
      expect(readExternalHints({ resize, logits: 'z' }, 'model')).toEqual({ logits: 'z' });
    },
  );

  it.each([
    ['classes', 7],
    ['input', '{"size":0}'],
    ['layout', 'cnhw'],
    ['logits', ''],
  ])('names an entry that cannot be read: %s', (key, value) => {
    expect(() => readExternalHints({ [key]: value }, 'model')).toThrow(`entry ${key}`);
  });
});
