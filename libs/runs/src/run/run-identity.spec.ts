import { runIdentity } from './run-identity';

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
