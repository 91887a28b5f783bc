import type { ProjectConfig } from '@winnow/config';
import { buildShape } from './load-build-images';

const settings = { size: 32, resize: 'squash' } as ProjectConfig['build'];

it('takes what the data set was built with, and the settings where it does not say', () => {
  expect(buildShape({ config: { build: { size: 64, resize: 'keep' } } }, settings)).toEqual({
    size: 64,
    resize: 'keep',
  });
  expect(buildShape({ config: {} }, settings)).toEqual({ size: 32, resize: 'squash' });
});
