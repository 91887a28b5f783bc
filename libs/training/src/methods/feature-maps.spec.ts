import { onEngines, tf } from '@winnow/tensor';
import { alignMaps } from './feature-maps';

onEngines(() => {
  const map = (height: number, width: number) => tf.range(0, height * width).reshape([1, height, width, 1]) as tf.Tensor4D; // prettier-ignore

  it('averages the larger map over squares, and leaves equal ones', () => {
    const found = tf.tidy(() => {
      const [ours, theirs] = alignMaps(map(4, 4), map(2, 2));
      return [Array.from(ours.dataSync()), Array.from(theirs.dataSync())];
    });
    // 0 1 4 5 | 2 3 6 7 | 8 9 12 13 | 10 11 14 15
    expect(found).toEqual([
      [2.5, 4.5, 10.5, 12.5],
      [0, 1, 2, 3],
    ]);
    const [ours, theirs] = [map(3, 3), map(3, 3)];
    expect(alignMaps(ours, theirs)).toEqual([ours, theirs]);
    tf.dispose([ours, theirs]);
  });

  it('passes gradients on', () => {
    const gradient = tf.tidy(() =>
      tf
        .grad((x) => alignMaps(x as tf.Tensor4D, map(1, 1))[0].sum())(map(2, 2))
        .dataSync(),
    );
    expect(Array.from(gradient)).toEqual([0.25, 0.25, 0.25, 0.25]);
  });

  it('refuses sizes that do not divide, naming both', () => {
    expect(() => tf.tidy(() => alignMaps(map(3, 3), map(2, 2))[0])).toThrow(/3x3 \(student\) and 2x2 \(teacher\)/);
  });
}, ['wasm']);
