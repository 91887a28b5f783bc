import { WinnowError } from '@winnow/contracts';
import { type Activation, type BatchNormParameters, tf } from '@winnow/tensor';
import { CountingPass } from '../passes/counting-pass';
import type { Convolution, ConvolutionNorm, Epilogue } from '../passes/forward-pass';
import type { Model } from '../model';

/** A convolution of ours and what normalises it. */
export interface LaidConvolution {
  readonly convolution: Convolution;
  readonly norm: BatchNormParameters | null;
}

/** What a network of ours computes, in order. */
export interface ModelLayout {
  readonly convolutions: readonly LaidConvolution[];
  /** How often each follows. */
  readonly activations: ReadonlyMap<string, number>;
  readonly additions: number;
}

/** Small, but large enough for five strides of 2. */
const SIZE = 32;

/**
 * Runs the network without computing anything. An engine must be running.
 * @throws WinnowError CONFIG_INVALID for one that normalises before its convolutions
 */
export function layoutOf(model: Model): ModelLayout {
  const pass = new LayoutPass(model.name);
  tf.tidy(() => void model.through(tf.zeros([1, SIZE, SIZE, 3]), pass));
  const { convolutions, counted, additions } = pass;
  return { convolutions, activations: counted, additions };
}

class LayoutPass extends CountingPass {
  readonly convolutions: LaidConvolution[] = [];
  readonly counted = new Map<string, number>();
  additions = 0;
  readonly #name: string;

  constructor(name: string) {
    super();
    this.#name = name;
  }

  override convolve(x: tf.Tensor4D, convolution: Convolution): tf.Tensor4D {
    this.convolutions.push({ convolution, norm: null });
    return super.convolve(x, convolution);
  }

  override convolveNorm(x: tf.Tensor4D, { convolution, norm }: ConvolutionNorm, epilogue: Epilogue = {}): tf.Tensor4D {
    this.convolutions.push({ convolution, norm });
    if (epilogue.plus) this.additions += 1;
    this.#count(epilogue.activation);
    return super.convolve(x, convolution);
  }

  override normalise(): tf.Tensor4D {
    throw new WinnowError(
      'CONFIG_INVALID',
      `${this.#name} normalises before its convolutions: its graphs are not read`,
      {
        where: this.#name,
        next: 'Bring its weights as safetensors.',
      },
    );
  }

  override activate(x: tf.Tensor4D, activation: Activation = 'none'): tf.Tensor4D {
    this.#count(activation);
    return x;
  }

  override readonly add = (x: tf.Tensor4D): tf.Tensor4D => {
    this.additions += 1;
    return x;
  };

  #count(activation: Activation | undefined): void {
    if (activation === undefined || activation === 'none') return;
    this.counted.set(activation, (this.counted.get(activation) ?? 0) + 1);
  }
}
