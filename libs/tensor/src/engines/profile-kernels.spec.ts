import * as tf from '@tensorflow/tfjs';

import { onEngines } from './on-engines';
import { profileKernels } from './profile-kernels';

onEngines((engine) => {
  it('counts the kernels of TensorFlow, and leaves the engine as it was', () => {
    const work = () => tf.tidy(() => void tf.relu(tf.relu(tf.ones([2, 2]))).dataSync());
    const found = profileKernels(work);
    const relus = found.find(({ name }) => name === 'Relu');
    expect(relus?.calls).toBe(engine === 'tensorflow' ? 2 : undefined);
    expect(found.every(({ millis }) => millis >= 0)).toBe(true);
    expect(Object.keys(tf.backend())).not.toContain('executeSingleOutput');
  });
});
