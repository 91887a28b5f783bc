import { measureInput } from './train-teacher-network';

describe('measureInput', () => {
  it('is mean and deviation of each channel', () => {
    const pixels = Uint8Array.from([0, 51, 10, 255, 51, 30]);
    expect(measureInput({ pixels, size: 1 })).toEqual({
      size: 1,
      range: [0, 1],
      mean: [0.5, 0.2, 0.078],
      std: [0.5, 0.001, 0.039],
    });
  });

  it('is a number where a channel has one value, whatever that is', () => {
    for (let value = 0; value < 256; value += 1) {
      for (const count of [7, 100, 1024]) {
        const { mean, std } = measureInput({ pixels: new Uint8Array(count * 3).fill(value), size: 1 });
        expect(mean).toEqual(Array(3).fill(Math.round((value / 255) * 1000) / 1000));
        expect(std).toEqual([0.001, 0.001, 0.001]);
      }
    }
  });
});
