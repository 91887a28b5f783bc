import { medianSide, photographSize, shrunkNote } from './shrunk-note';

describe('shrunkNote', () => {
  it('is for photographs that are built much smaller than they are', () => {
    const side = medianSide([
      { width: 500, height: 375 },
      { width: 640, height: 480 },
      { width: 64, height: 64 },
    ]);
    expect(side).toBe(375);
    expect(shrunkNote(side, 32, 'p.yaml')).toBe(
      'The images have a median side of 375 px; build.size 32 in p.yaml shrinks them. 224 is usual for photographs, with a student for that size (`winnow models`).',
    );
    expect([shrunkNote(side, 224, 'p'), shrunkNote(160, 32, 'p'), shrunkNote(null, 32, 'p')]).toEqual([
      null,
      null,
      null,
    ]);
    expect([photographSize(side), photographSize(160), photographSize(null)]).toEqual([224, null, null]);
  });
});
