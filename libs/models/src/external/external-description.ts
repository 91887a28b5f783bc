import type { ExternalKind } from '@winnow/contracts';
import type { TeacherOutputs } from './teacher-outputs';

/** A tensor that a model takes or gives, as its file declares it. */
export interface DeclaredTensor {
  readonly name: string;
  /** Such as float32 or float16. */
  readonly type: string;
  /** Batch first; null where a size is open; empty where the file says nothing. */
  readonly shape: readonly (number | null)[];
}

/** What the file of a model says of it. */
export interface ExternalDescription {
  readonly kind: ExternalKind;
  /** What wrote it. */
  readonly producer: string | null;
  /** Of ONNX. */
  readonly opset: number | null;
  readonly inputs: readonly DeclaredTensor[];
  readonly outputs: readonly DeclaredTensor[];
  /** Files beside it that its weights are in. */
  readonly externalFiles: readonly string[];
  /** Tensors within its graph too. */
  readonly teacherOutputs: TeacherOutputs;
}
