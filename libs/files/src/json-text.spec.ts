import { canonicalJson } from './json-text';

describe('canonicalJson', () => {
  it('sorts keys by code unit at every depth, and writes no spaces', () => {
    const value = {
      ...{
        b: [1, 'x', null, true, { z: 1, a: {} }],
        a: { 10: 'ten', 9: 'nine', B: -0, 'ä"': 1e21, '\ud83d\ude00': 1e-7 },
      },
      ...{ '\uffff': '\u2028\n', __proto: [], '': 'é', '😀': '\ud800' },
    };
    expect(canonicalJson(value)).toBe(
      String.raw`{"":"é","__proto":[],"a":{"10":"ten","9":"nine","B":0,"ä\"":1e+21,"😀":1e-7},"b":[1,"x",null,true,{"a":{},"z":1}],"😀":"\ud800","￿":"` +
        '\u2028' +
        String.raw`\n"}`,
    );
  });
});
