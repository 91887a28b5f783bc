import { encodeSafetensors, type WritableTensor } from './encode-safetensors';
import type { Model } from './model';
import { toTorchLayout, weightKind } from './torch-layout';

/**
 * The model's weights as safetensors with PyTorch names and layout; the same weights give the same bytes.
 * Batch counters (num_batches_tracked) are left out: PyTorch fills them in.
 * @param metadata texts for the file's header; see weightsMetadata
 */
export function saveWeights(model: Model, metadata: Readonly<Record<string, string>>): Uint8Array {
  const tensors = new Map<string, WritableTensor>();
  for (const [name, variable] of model.parameters) {
    tensors.set(name, toTorchLayout(variable.shape, variable.dataSync() as Float32Array, weightKind(model, name)));
  }
  return encodeSafetensors(tensors, metadata);
}
