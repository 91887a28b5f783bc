import { onEngines, tf } from '@winnow/tensor';
import { decidedLabels, describeDecidedLogits, withDecidedLogits } from './decided-logits';
import { colourImages } from '../spec-support/training-under-test';

const view = { count: 3, size: 1, pixels: new Uint8Array(9) };
const rows = Int32Array.of(4, 0, 2);

onEngines(() => {
  const outputsOf = (known: Int32Array | undefined, mix?: { partners: Int32Array; fractions: Float32Array }) =>
    tf.tidy(() => {
      const outputs = { logits: tf.tensor2d([3, 1, 2, 5, 4, 0, 1, 2, 3], [3, 3]), features: 'its own' };
      const changed = withDecidedLogits(outputs, { rows, view: { ...view, ...(mix && { mix }) }, known });
      return { isSame: changed === outputs, features: changed.features, logits: [...changed.logits.dataSync()] };
    });

  it('lets the decided class win, and keeps all other ratios', () => {
    // Row 4 is decided to be class 1, row 0 as the teacher says, row 2 open.
    const { logits, features } = outputsOf(Int32Array.of(0, -1, 3, -1, 1));
    expect(logits).toEqual([1, 3, 2, 5, 4, 0, 1, 2, 3]);
    expect(features).toBe('its own');
  });

  it.each([
    ['nobody decided', undefined],
    ['others were decided', Int32Array.of(-1, 1, -1, 2, -1)],
    ['images are open', Int32Array.of(3, -1, 3, -1, 3)],
  ])('gives what the teacher says where %s', (_, known) => {
    expect(outputsOf(known).isSame).toBe(true);
  });

  it('leaves the logits of mixed views as they are', () => {
    const mix = { partners: rows, fractions: new Float32Array(3) };
    expect(outputsOf(Int32Array.of(0, -1, 3, -1, 1), mix).isSame).toBe(true);
  });
});

it('puts decided labels in the place of given ones', () => {
  const labels = Int32Array.of(0, 1, 2);
  expect([...decidedLabels(labels, Int32Array.of(-1, 3, 0))]).toEqual([0, 3, 0]);
  expect(decidedLabels(labels, undefined)).toBe(labels);
});

it('counts decided labels for people', () => {
  const images = colourImages(3);
  expect(describeDecidedLogits({ images, known: Int32Array.of(0, 3, -1) })[0]).toMatch(/^1 decided labels: /);
  expect(describeDecidedLogits({ images, known: Int32Array.of(-1, 3, -1) })).toEqual([]);
  expect(describeDecidedLogits({ images })).toEqual([]);
});
