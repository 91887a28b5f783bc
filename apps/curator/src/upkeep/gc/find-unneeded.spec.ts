import { isBeingWritten } from './find-unneeded';

describe('isBeingWritten', () => {
  it.each([
    [`/builds/a/.pixels.rgb.${process.pid}-3.tmp`, true],
    [`/builds/a/pixels-32.rgb.${process.pid}.tmp`, true],
    // No process has this id: it is above the largest that Linux gives.
    [`/builds/a/pixels-32.rgb.${2 ** 30}.tmp`, false],
    ['/builds/a/train-000000.tar.tmp', false],
  ])('%s: %s', (file, isWritten) => expect(isBeingWritten(file)).toBe(isWritten));
});
