/** A finished student, as far as its page needs to know before its weights are there. */
export interface StudioTry {
  readonly id: string;
  /** Folder of the run, as commands take it. */
  readonly name: string;
  /** Of the weights file; null where there is none. */
  readonly weightsBytes: number | null;
  /** Under which its shares fit the test images best; null where its logits of them were not kept. */
  readonly temperature: number | null;
  /** Surest first. */
  readonly mistakes: readonly StudioMistake[];
  /** Why there are no mistakes to show, and what to do; null where they are known. */
  readonly mistakesMissing: string | null;
}

/** A test image that a student took for something else. */
export interface StudioMistake {
  /** In the test list. */
  readonly index: number;
  readonly name: string;
  readonly trueClass: string;
  readonly predicted: string;
  /** Of what it was taken for, calibrated by the temperature. */
  readonly share: number;
}

/** What `winnow predict` says of one image, likeliest first. */
export interface StudioPrediction {
  readonly predictions: readonly { readonly className: string; readonly probability: number }[];
}
