/** True for a weight's name under which PyTorch counts batches, beside the running statistics; nothing here needs it. */
export function isBatchCounter(name: string): boolean {
  return name.endsWith('num_batches_tracked');
}
