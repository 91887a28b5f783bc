import type { ExportFormat } from '@winnow/contracts';
import type { EngineChoice } from '@winnow/tensor';
import type { SquarePolicy } from '../pictures/square-as-learnt';

/** Beside the files of an export. */
export const EXPORT_FILE = 'export.json';

/** Of each format, the file to name when it is loaded; within the folder of an export. */
export const EXPORT_ENTRIES: Readonly<Record<ExportFormat, string>> = {
  safetensors: 'model.safetensors',
  onnx: 'model.onnx',
  tfjs: 'tfjs/model.json',
};

export interface ExportJob {
  /** Weights file of one of our architectures. */
  readonly weights: string;
  readonly formats: readonly ExportFormat[];
  /** Folder to write. */
  readonly out: string;
  /** True: ONNX and TF.js take values from 0 to 255 and normalise them themselves. */
  readonly raw: boolean;
  /** Pictures and folders of pictures to compare answers on; without any, noise. */
  readonly check: readonly string[];
  /** How those pictures become square; default: as the network's own did. */
  readonly resize: SquarePolicy | undefined;
  readonly engine: EngineChoice;
}
