import type { InputSpec } from '@winnow/contracts';
import type { CheckImages } from '../images/check-images';
import type { ReadNetwork } from './import-teacher-check';

/** A network that was read, but neither tried nor written. */
export interface Candidate extends ReadNetwork {
  readonly kind: string;
  readonly input: InputSpec;
  /** How the images that it learnt from became square, as far as anybody says. */
  readonly resize: string | undefined;
  readonly notes: readonly string[];
  /** The same with logits whose probabilities mean what they say; of a kind that can be scaled. */
  calibrate?(images: CheckImages): Candidate;
  write(): Promise<void>;
}
