import { encodeSafetensors, type WritableTensor } from '../formats/safetensors/encode-safetensors';
import { encodeTextEmbeddings, readTextEmbeddings, requireLogitScale } from './zero-shot-text';

const file = (
  tensors: Readonly<Record<string, readonly [shape: readonly number[], values: readonly number[]]>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array => {
  const entries = Object.entries(tensors).map(([name, [shape, values]]): [string, WritableTensor] => [
    name,
    { shape, data: Float32Array.from(values) },
  ]);
  return encodeSafetensors(new Map(entries), metadata);
};
const NAMES = { classes: '["cat","dog"]' };
const close = (values: Float32Array, wanted: readonly number[]): void => {
  expect(values.length).toBe(wanted.length);
  wanted.forEach((value, at) => expect(values[at]).toBeCloseTo(value, 6));
};

describe('readTextEmbeddings', () => {
  it('scales each template to length 1, takes the mean and scales it again', () => {
    // (1, 0) and (0, 1) whatever their lengths; (3, 4) / 5.
    const bytes = file(
      {
        text: [
          [2, 2, 2],
          [5, 0, 0, 0.1, 3, 4, 3, 4],
        ],
      },
      { ...NAMES, logitScale: '100' },
    );
    const { classes, dim, values, logitScale } = readTextEmbeddings(bytes, 'text');
    expect({ classes, dim, logitScale }).toEqual({ classes: ['cat', 'dog'], dim: 2, logitScale: 100 });
    close(values, [Math.SQRT1_2, Math.SQRT1_2, 0.6, 0.8]);
  });

  it('reads the same from one tensor a class, in the order of the names, and from what it wrote', () => {
    const tensors = {
      dog: [[2], [3, 4]],
      cat: [
        [2, 2],
        [5, 0, 0, 0.1],
      ],
    } as const;
    const read = readTextEmbeddings(file(tensors, NAMES), 'text');
    expect(read.classes).toEqual(['cat', 'dog']);
    close(read.values, [Math.SQRT1_2, Math.SQRT1_2, 0.6, 0.8]);
    expect(readTextEmbeddings(file(tensors), 'text', ['dog', 'cat']).classes).toEqual(['dog', 'cat']);
    const again = readTextEmbeddings(encodeTextEmbeddings(read), 'text');
    expect(again.classes).toEqual(read.classes);
    close(again.values, [...read.values]);
  });

  it('takes names from the class list where the header has none, and refuses two lists', () => {
    const matrix = {
      text: [
        [2, 2],
        [1, 0, 0, 1],
      ],
    } as const;
    expect(readTextEmbeddings(file(matrix), 'text', ['a', 'b']).classes).toEqual(['a', 'b']);
    for (const [metadata, given] of [
      [{}, undefined],
      [NAMES, ['cat', 'cow']],
    ] as const) {
      expect(() => readTextEmbeddings(file(matrix, metadata), 'text', given)).toThrow(
        expect.objectContaining({ code: 'CONFIG_INVALID', next: expect.stringContaining('--classes') as string }),
      );
    }
    const each = { cat: [[2], [1, 0]], dog: [[2], [0, 1]] } as const;
    for (const given of [['cat'], ['cat', 'cow']]) {
      expect(() => readTextEmbeddings(file(each), 'text', given)).toThrow(/name their classes otherwise/);
    }
  });

  it.each([
    [
      'a number that is none',
      {
        text: [
          [2, 2],
          [1, 0, NaN, 1],
        ],
      },
      NAMES,
      /template 1 of "dog" is not made of finite/,
    ],
    [
      'an infinite number',
      {
        text: [
          [2, 2],
          [1, Infinity, 0, 1],
        ],
      },
      NAMES,
      /template 1 of "cat" is not made of finite/,
    ],
    [
      'a vector of zeros',
      {
        text: [
          [2, 2, 2],
          [1, 0, 0, 0, 0, 1, 1, 0],
        ],
      },
      NAMES,
      /template 2 of "cat" is of length 0/,
    ],
    [
      'templates that cancel',
      {
        text: [
          [2, 2, 2],
          [1, 0, -1, 0, 0, 1, 1, 0],
        ],
      },
      NAMES,
      /mean of "cat" is of length 0/,
    ],
    ['other lengths', { cat: [[2], [1, 0]], dog: [[3], [0, 1, 0]] }, {}, /"dog" has 3 numbers, "cat" has 2/],
    [
      'fewer rows than names',
      {
        text: [
          [1, 2],
          [1, 0],
        ],
      },
      NAMES,
      /1 rows for 2 names/,
    ],
    ['rows of nothing', { text: [[2, 0], []] }, NAMES, /shape \[2, 0\], not \[classes, templates, dim\]/],
    ['a billion classes of nothing', { text: [[1e9, 0, 2], []] }, NAMES, /shape \[1000000000, 0, 2\], not/],
    [
      'four axes',
      {
        text: [
          [1, 1, 2, 2],
          [1, 0, 0, 1],
        ],
      },
      NAMES,
      /shape \[1, 1, 2, 2\]/,
    ],
    ['a scalar', { text: [[], [1]] }, NAMES, /shape \[\]/],
    ['a scale among the classes', { cat: [[2], [1, 0]], logit_scale: [[], [4.6]] }, {}, /"logit_scale" has the shape \[\]/], // prettier-ignore
    [
      'one class',
      {
        text: [
          [1, 2],
          [1, 0],
        ],
      },
      { classes: '["cat"]' },
      /1 classes/,
    ],
    ['nothing', {}, {}, /0 classes/],
    [
      'a name twice',
      {
        text: [
          [2, 2],
          [1, 0, 0, 1],
        ],
      },
      { classes: '["cat","cat"]' },
      /two classes are called "cat"/,
    ],
    [
      'a long name',
      {
        text: [
          [2, 2],
          [1, 0, 0, 1],
        ],
      },
      { classes: `["cat","${'x'.repeat(501)}"]` },
      /no name of 1 to 500/,
    ],
    [
      'names of another kind',
      {
        text: [
          [2, 2],
          [1, 0, 0, 1],
        ],
      },
      { classes: '["cat",1]' },
      /no list of names/,
    ],
    [
      'an endless scale',
      {
        text: [
          [2, 2],
          [1, 0, 0, 1],
        ],
      },
      { ...NAMES, logitScale: '1e999' },
      /logit scale .* not Infinity/,
    ],
  ] as const)('refuses %s', (_, tensors, metadata, message) => {
    const read = (): unknown => readTextEmbeddings(file(tensors as never, metadata as never), 'text');
    expect(read).toThrow(expect.objectContaining({ code: 'FORMAT_INVALID', message: expect.stringMatching(message) as string })); // prettier-ignore
  });

  it('refuses integers, and what is no safetensors at all', () => {
    const bytes = file(
      {
        text: [
          [2, 2],
          [1, 0, 0, 1],
        ],
      },
      NAMES,
    );
    const text = Buffer.from(bytes).toString('latin1').replace('"F32"', '"I64"').replace('[2,2]', '[2,1]');
    expect(() => readTextEmbeddings(Buffer.from(text, 'latin1'), 'text')).toThrow(/shape \[2, 1\], not|integers/);
    expect(() => readTextEmbeddings(bytes.subarray(0, 20), 'text')).toThrow(
      expect.objectContaining({ code: 'FORMAT_INVALID' }),
    );
  });
});

it.each([0, -1, NaN, Infinity, 10_001])('requireLogitScale refuses %p', (scale) => {
  expect(() => requireLogitScale(scale, '--logit-scale')).toThrow(
    expect.objectContaining({ code: 'FORMAT_INVALID', next: expect.stringContaining('exp()') as string }),
  );
});
