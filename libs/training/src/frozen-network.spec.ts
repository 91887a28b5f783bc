import { onEngines, tf } from '@winnow/tensor';
import { freezeModel, mapTeacher } from './frozen-network';
import { predict } from './predict';
import { colourPictures, SMALL_INPUT, smallNetwork } from './training-under-test';

onEngines(() => {
  it('mapTeacher gives the logits of our classes in our order', async () => {
    const model = smallNetwork({ seed: 1 });
    const teacher = freezeModel(model, SMALL_INPUT);
    const mapped = mapTeacher(teacher, ['red', 'green', 'blue'], ['blue', 'red']);
    expect(mapped.classCount).toBe(2);
    const images = colourPictures(5);
    const all = await predict(teacher, images);
    const ours = await predict(mapped, images);
    for (let row = 0; row < 5; row += 1) {
      expect([...ours.logits.subarray(row * 2, row * 2 + 2)]).toEqual([all.logits[row * 3 + 2], all.logits[row * 3]]);
    }
    expect(ours.features).toEqual(all.features);
    model.dispose();
  });

  it('mapTeacher leaves a teacher of the same classes alone', () => {
    const model = smallNetwork({ seed: 1 });
    const teacher = freezeModel(model, SMALL_INPUT);
    expect(mapTeacher(teacher, ['a', 'b', 'c'], ['a', 'b', 'c'])).toBe(teacher);
    model.dispose();
  });

  it('mapTeacher names what the teacher does not know', () => {
    const model = smallNetwork({ seed: 1 });
    const teacher = freezeModel(model, SMALL_INPUT);
    const code = 'TEACHER_MISMATCH';
    expect(() => mapTeacher(teacher, ['a', 'b', 'c'], ['a', 'x', 'y'])).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining('x, y') }),
    );
    expect(() => mapTeacher(teacher, ['a', 'b'], ['a'])).toThrow(expect.objectContaining({ code }));
    model.dispose();
  });

  it('predict does not depend on the batch, leaks nothing and refuses pictures of another size', async () => {
    const model = smallNetwork({ seed: 2 });
    const network = freezeModel(model, SMALL_INPUT);
    const images = colourPictures(7);
    const before = tf.memory().numTensors;
    const whole = await predict(network, images);
    const parts = await predict(network, images, { batch: 3 });
    expect(tf.memory().numTensors).toBe(before);
    whole.logits.forEach((value, at) => expect(parts.logits[at]).toBeCloseTo(value, 5));
    const wide = freezeModel(model, { ...SMALL_INPUT, size: 16 });
    await expect(predict(wide, images)).rejects.toMatchObject({ code: 'SHAPE_MISMATCH' });
    const abort = new AbortController();
    abort.abort();
    await expect(predict(network, images, { signal: abort.signal })).rejects.toMatchObject({ code: 'INTERRUPTED' });
    model.dispose();
  });
});
