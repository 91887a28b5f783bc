import type { ExportFormat, ExportPrecision } from '@winnow/contracts';
import type { EngineChoice } from '@winnow/tensor';
import type { SquarePolicy } from '../pictures/square-as-learnt';

/** Beside the files of an export. */
export const EXPORT_FILE = 'export.json';
export const CARD_FILE = 'model-card.md';

/** One of the files, or folders, of an export. */
export interface ExportKind {
  readonly format: ExportFormat;
  readonly precision: ExportPrecision;
}

/** Where something is to be read from, or is not. */
export interface ExportSources {
  /** Pictures and folders of pictures to measure on. */
  readonly check: readonly string[];
  /** Labelled pictures to measure on where `check` names none. */
  readonly test: string | undefined;
  /** Pictures and folders of pictures to calibrate int8 on. */
  readonly calibrate: readonly string[];
  /** A data set that winnow built, where `calibrate` names none. */
  readonly pool: string | undefined;
}

export interface ExportJob {
  /** Weights file of one of our architectures. */
  readonly weights: string;
  readonly kinds: readonly ExportKind[];
  /** True: nobody named formats, and those without layers for the network are left out. */
  readonly allFormats: boolean;
  /** Folder to write. */
  readonly out: string;
  /** True: ONNX and TF.js take values from 0 to 255 and normalise them themselves. */
  readonly raw: boolean;
  readonly sources: ExportSources;
  /** How those pictures become square; default: as the network's own did. */
  readonly resize: SquarePolicy | undefined;
  readonly engine: EngineChoice;
}

/** All there are of these; safetensors have no int8 that others would read. */
export function exportKinds(
  formats: readonly ExportFormat[],
  precisions: readonly ExportPrecision[],
): readonly ExportKind[] {
  return formats.flatMap((format) =>
    precisions
      .filter((precision) => format !== 'safetensors' || precision !== 'int8')
      .map((precision) => ({ format, precision })),
  );
}

/** The file to name when it is loaded; within the folder of an export. */
export function exportEntry({ format, precision }: ExportKind): string {
  const isWhole = precision === 'float32';
  if (format === 'tfjs') return `tfjs${isWhole ? '' : `-${precision}`}/model.json`;
  return `model${isWhole ? '' : `.${precision}`}.${format}`;
}

/** What a person calls it. */
export function kindName({ format, precision }: ExportKind): string {
  return precision === 'float32' ? format : `${format} ${precision}`;
}
