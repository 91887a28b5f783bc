import { axisScale } from './axis-scale';
import { curvesSvg } from './curves-svg';
import { lossSeries, runCurvesSvg } from './run-curves';

describe('axisScale', () => {
  it.each([
    [[0.13, 0.92], 0, 1, [0, 0.2, 0.4, 0.6, 0.8, 1]],
    [[1, 30], 0, 30, [0, 10, 20, 30]],
    [[0, 0.3], 0, 0.3, [0, 0.1, 0.2, 0.3]],
    [[5, 5], 0, 6, [0, 2, 4, 6]],
    [[], 0, 1, [0, 0.5, 1]],
    [[-3, Number.NaN], -3, 0, [-3, -2, -1, 0]],
  ])('covers %j', (values, min, max, ticks) => {
    expect(axisScale(values, values.length === 0 ? 2 : 4)).toEqual({ min, max, ticks });
  });
});

describe('curvesSvg', () => {
  const options = { title: 'Loss', xLabel: 'epoch' };

  it('places the points', () => {
    const svg = curvesSvg(
      [
        {
          name: 'total',
          points: [
            [0, 0],
            [5, 1],
            [10, 0.5],
          ],
        },
      ],
      options,
    );
    // Plot area: x 44..328 for 0..10, y 172..32 for 0..1.
    expect(svg).toContain('d="M44 172h0L186 32L328 102"');
  });

  it('leaves a gap where a value is missing', () => {
    const points = [
      [0, 0],
      [5, Number.NaN],
      [10, 1],
    ] as const;
    expect(curvesSvg([{ name: 'total', points }], options)).toContain('d="M44 172h0M328 32h0"');
  });

  it('escapes names and titles', () => {
    const svg = curvesSvg([{ name: '<b>"&\u0001\u202e', points: [] }], { title: `</svg><script>'`, xLabel: '<x>' });
    expect(svg).not.toMatch(/<b>|<script|<x>|\u0001|\u202e/);
    expect(svg.match(/<\/svg>/g)).toHaveLength(1);
  });

  it('shades a band behind the lines, and makes room for it', () => {
    const points = [
      [0, 0.5],
      [10, 0.5],
    ] as const;
    const band = [
      [0, 0, 1],
      [5, Number.NaN, 1],
      [10, 0.25, 0.75],
    ] as const;
    const svg = curvesSvg(
      [
        { name: 'a', points: [] },
        { name: 'b', points, band },
      ],
      options,
    );
    expect(svg).toContain('<path class="c-band b2" d="M44 32L328 67L328 137L44 172Z"/>');
    expect(svg.indexOf('c-band')).toBeLessThan(svg.indexOf('c-line s2'));
    expect(curvesSvg([{ name: 'a', points, band: [[0, 0, 1]] }], options)).not.toContain('<path class="c-band');
  });

  it('tells more than six lines apart by dashes', () => {
    const series = Array.from({ length: 8 }, (_, index) => ({ name: `run ${index}`, points: [[1, index]] as const }));
    expect(curvesSvg(series, options)).toContain('class="c-line s1 d1"');
  });
});

describe('runCurvesSvg', () => {
  const metrics = [1, 2, 3].map((epoch) => ({
    epoch,
    steps: 1,
    learningRate: 0.1,
    loss: 3 / epoch,
    parts: { a: 1 / epoch, b: 2 / epoch },
    seconds: 1,
    imagesSeen: epoch,
    ...(epoch === 3 ? { accuracy: 0.5 } : {}),
  }));

  it('draws loss and accuracy side by side', () => {
    const svg = runCurvesSvg(metrics);
    expect(svg).toContain('>Loss</text>');
    expect(svg).toContain('>Accuracy</text>');
    expect(svg).toContain('width="704"');
    expect(runCurvesSvg(metrics)).toBe(svg);
  });

  it('draws the loss alone before anything was evaluated', () => {
    expect(runCurvesSvg([])).not.toContain('Accuracy');
  });

  it('lists parts only where there are several', () => {
    expect(lossSeries(metrics).map((line) => line.name)).toEqual(['total', 'a', 'b']);
    expect(lossSeries(metrics.map((epoch) => ({ ...epoch, parts: { a: 1 } })))).toHaveLength(1);
  });
});
