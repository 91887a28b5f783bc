import type { ExportFormat, ExportManifest, ExportPrecision, SquarePolicy } from '@winnow/contracts';
import type { EngineChoice } from '@winnow/tensor';
import type { ExportImages, ExportSources } from './export-images';

/** Beside the files of an export. */
export const EXPORT_FILE = 'export.json';
export const CARD_FILE = 'model-card.md';

/** One of the files, or folders, of an export. */
export interface ExportKind {
  readonly format: ExportFormat;
  readonly precision: ExportPrecision;
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
  /** How those images become square; default: as the network's own did. */
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

/** What became of it. */
export interface ExportResult {
  readonly out: string;
  readonly model: string;
  readonly classCount: number;
  readonly exports: ExportManifest['exports'];
  /** Formats that have no layers for the network, where none were named. */
  readonly leftOut: readonly ExportFormat[];
  /** Images that answers were compared on. */
  readonly images: number;
  /** Where they are from. */
  readonly origin: ExportImages['origin'];
  /** True: they were noise. */
  readonly isNoise: boolean;
  /** Images that int8 was calibrated on. */
  readonly calibrated: number;
}
