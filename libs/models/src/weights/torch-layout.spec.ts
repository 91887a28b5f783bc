import fc from 'fast-check';
import { fromTorchLayout, toTorchLayout } from './torch-layout';

describe('torch layout', () => {
  it('turns [out, in] into [in, out]', () => {
    const { shape, data } = fromTorchLayout([2, 3], Float32Array.of(1, 2, 3, 4, 5, 6), 'other');
    expect(shape).toEqual([3, 2]);
    expect([...data]).toEqual([1, 4, 2, 5, 3, 6]);
  });

  it('moves OIHW [o, i, h, w] to HWIO [h, w, i, o]', () => {
    const [O, I, H, W] = [2, 3, 4, 5];
    const source = Float32Array.from({ length: O * I * H * W }, (_, index) => index);
    const { shape, data } = fromTorchLayout([O, I, H, W], source, 'other');
    expect(shape).toEqual([H, W, I, O]);
    for (let o = 0; o < O; o += 1)
      for (let i = 0; i < I; i += 1)
        for (let h = 0; h < H; h += 1)
          for (let w = 0; w < W; w += 1)
            expect(data[((h * W + w) * I + i) * O + o]).toBe(source[((o * I + i) * H + h) * W + w]);
  });

  it('moves the filters of channels [c, 1, h, w] to [h, w, c, 1] and back', () => {
    const [C, H, W] = [3, 2, 4];
    const source = Float32Array.from({ length: C * H * W }, (_, index) => index);
    const { shape, data } = fromTorchLayout([C, 1, H, W], source, 'depthwise');
    expect(shape).toEqual([H, W, C, 1]);
    for (let c = 0; c < C; c += 1)
      for (let h = 0; h < H; h += 1)
        for (let w = 0; w < W; w += 1) expect(data[(h * W + w) * C + c]).toBe(source[(c * H + h) * W + w]);
    expect(toTorchLayout(shape, data, 'depthwise')).toEqual({ shape: [C, 1, H, W], data: source });
  });

  it('is undone by its inverse', () => {
    const shapes = fc.oneof(
      fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 2 }),
      fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 4, maxLength: 4 }),
    );
    fc.assert(
      fc.property(shapes, (shape) => {
        const data = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, index) => index);
        const ours = fromTorchLayout(shape, data, 'other');
        expect(toTorchLayout(ours.shape, ours.data, 'other')).toEqual({ shape, data });
      }),
    );
  });
});
