import { encodeSafetensors, type WritableTensor } from '../formats/safetensors/encode-safetensors';
import type { Model } from '../model';
import { halfWeight } from '../formats/half-floats';
import { toTorchLayout, weightKind } from './torch-layout';

/**
 * The model's weights as safetensors with PyTorch names and layout; the same weights give the same bytes.
 * Batch counters (num_batches_tracked) are left out: PyTorch fills them in.
 * @param metadata texts for the file's header; see weightsMetadata
 * @param precision float16: filters and matrices are; vectors, which are small and may be beyond its range, stay float32
 */
export function saveWeights(
  model: Model,
  metadata: Readonly<Record<string, string>>,
  precision: 'float32' | 'float16' = 'float32',
): Uint8Array {
  const tensors = new Map<string, WritableTensor>();
  for (const [name, variable] of model.parameters) {
    const values = variable.dataSync() as Float32Array;
    const { shape, data } = toTorchLayout(variable.shape, values, weightKind(model, name));
    tensors.set(name, { shape, data: precision === 'float16' && shape.length > 1 ? halfWeight(data, name) : data });
  }
  return encodeSafetensors(tensors, metadata);
}
