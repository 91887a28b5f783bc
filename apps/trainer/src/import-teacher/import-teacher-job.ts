import type { TensorLayout } from '@winnow/contracts';
import type { EngineChoice } from '@winnow/tensor';
import type { ClassNames } from '@winnow/training';
import type { SquarePolicy } from '../data/square-as-learnt';

/** What a person says of a model file; undefined where its own metadata shall speak. */
export interface TeacherFlags {
  /** Architecture; of safetensors only. */
  readonly model: string | undefined;
  readonly classes: readonly string[] | undefined;
  /** Side of the input, pixels. */
  readonly size: number | undefined;
  readonly range: readonly number[] | undefined;
  readonly mean: readonly number[] | undefined;
  readonly std: readonly number[] | undefined;
  readonly layout: TensorLayout | undefined;
  readonly logits: string | undefined;
  readonly features: string | undefined;
  readonly featureMap: string | undefined;
  readonly featureMapLayout: TensorLayout | undefined;
  /** The output called logits gives probabilities. */
  readonly probabilities: boolean;
  /** The teacher shall have neither features nor a feature map. */
  readonly logitsOnly: boolean;
  readonly rename: ClassNames;
}

/** What a person says of a teacher of names. */
export interface ZeroShotFlags {
  /** Safetensors file with the text embeddings. */
  readonly text: string;
  /** Output of the image tower with the projected embeddings; default: the model's own entry `features`. */
  readonly embedding: string | undefined;
  /** What the network multiplies cosines by; default: the text file's entry `logitScale`. */
  readonly logitScale: number | undefined;
  /** Instead of the fitted one. */
  readonly temperature: number | undefined;
  /** Of the images for the check: whether some may be wrong, as search terms are. */
  readonly labels: 'right' | 'noisy';
}

/** Usual ways to prepare images. */
export type PresetName = 'imagenet' | 'timm' | 'keras' | 'clip';

export interface ImportJob {
  readonly file: string;
  /** Weights file or folder to write. */
  readonly out: string;
  /** Replaces a weights file that is there, also one that was not imported, and writes a network that recognises too little. */
  readonly force: boolean;
  readonly flags: TeacherFlags;
  /** Given: the file is an image tower, and its classes are names. */
  readonly zeroShot?: ZeroShotFlags | undefined;
  /** As the person named it, for commands to copy; default: `file`. */
  readonly shownFile?: string;
  /** Where range, mean, std and resize come from that no flag says. */
  readonly preset?: PresetName | undefined;
  /** Images and folders of images to try it on. */
  readonly check: readonly string[];
  /** How its images become square; default: as the file says, else squash. */
  readonly resize: SquarePolicy | undefined;
  readonly engine: EngineChoice;
}
