import { findChromium } from './find-chromium';

describe('findChromium', () => {
  it('takes the one that is named, and only that', () => {
    const there = new Set(['/opt/mine', '/usr/bin/chromium']);
    const isExecutable = (file: string) => there.has(file);
    expect(findChromium({ WINNOW_CHROMIUM: '/opt/mine' }, isExecutable)).toBe('/opt/mine');
    expect(findChromium({}, isExecutable)).toBe('/usr/bin/chromium');
    expect(findChromium({ WINNOW_CHROMIUM: '' }, isExecutable)).toBe('/usr/bin/chromium');
    expect(() => findChromium({ WINNOW_CHROMIUM: '/gone' }, isExecutable)).toThrow(
      expect.objectContaining({ code: 'ENGINE_UNAVAILABLE', where: 'WINNOW_CHROMIUM=/gone' }),
    );
  });

  it('says what to do where there is none', () => {
    expect(() => findChromium({}, () => false)).toThrow(
      expect.objectContaining({ code: 'ENGINE_UNAVAILABLE', next: expect.stringContaining('WINNOW_CHROMIUM') }),
    );
  });
});
