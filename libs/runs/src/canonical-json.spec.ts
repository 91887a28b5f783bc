import { canonicalJson } from './canonical-json';
import { runIdentity } from './run-identity';

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

it('runIdentity stays what it was: runs of earlier versions are found again', () => {
  const config = {
    train: { epochs: 30, method: 'winnow', lr: 0.05 },
    classes: [{ name: 'blue tit' }, { name: 'robin' }],
  };
  const parts = { config, buildDigest: 'b'.repeat(64), method: 'winnow', seed: 1 };
  expect([runIdentity({ ...parts, teacherDigest: null }), runIdentity({ ...parts, teacherDigest: 't' })]).toEqual([
    'cee19e01d527383d9ceb20f608e6e1e958ee1f8835fffeddeac4f8d8825c9367',
    '9ff41ab9986a89623b1f5c49d7afe2aa6e43aa8d6f199535618ef8618b42829f',
  ]);
});
