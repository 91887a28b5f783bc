import { SeededRandom } from '@winnow/random';
import { lessSurroundings } from './subtract-local-mean';

it('takes from each value the mean of the 7 x 7 around it, as far as they are there', () => {
  const random = new SeededRandom('surroundings');
  for (let round = 0; round < 60; round += 1) {
    const [width, height] = [1 + random.int(12), 1 + random.int(12)];
    const values = Float32Array.from({ length: width * height }, () => random.int(256) / 4);
    const expected = values.map((value, at) => {
      const near = [...values].filter(
        (_, other) =>
          Math.abs((other % width) - (at % width)) <= 3 &&
          Math.abs(Math.floor(other / width) - Math.floor(at / width)) <= 3,
      );
      return value - near.reduce((sum, each) => sum + each, 0) / near.length;
    });
    expect(lessSurroundings(values, width, height)).toEqual(expected);
  }
});
