import { benchmarkResult } from './benchmark-result';

describe('benchmarkResult', () => {
  it('shows programs side by side, and keeps everything in the JSON', () => {
    const competitors = [
      { name: 'winnow', imagesPerSecond: 12.34567, peakBytes: 210e6, spread: [1, 2], rounds: [{ a: 1 }] },
      { name: 'other', imagesPerSecond: 5, peakBytes: null, recall: { 'crop 2%': 0.5 } },
    ];
    const about = { size: 32, versions: { other: '1.2' }, competitors, ratio: 0.405 };
    expect(benchmarkResult(about, competitors)).toEqual({
      exitCode: 0,
      json: about,
      text: [
        'size 32, versions: other 1.2, ratio 0.405',
        '',
        'name               winnow  other',
        'images per second   12.35      5',
        'peak bytes         210 MB      -',
        'spread             1 to 2      -',
        'recall: crop 2%         -    0.5',
      ],
    });
  });
});
