import type { ExportManifest } from '@winnow/contracts';
import { percentText } from '@winnow/runs';

const HEAD = ['format', 'precision', 'file', 'size', 'accuracy', 'agreement', 'difference'];

/** What was exported, a line each: the head first. */
export function exportRows(exports: ExportManifest['exports']): readonly (readonly string[])[] {
  const rows = exports.map(({ format, precision, files, accuracy, agreement, difference }) => [
    format,
    precision,
    String(files[0]?.name),
    megabytes(files.reduce((sum, file) => sum + file.sizeBytes, 0)),
    percentText(accuracy),
    percentText(agreement),
    difference.toExponential(1),
  ]);
  return [HEAD, ...rows];
}

/** As lines of equal columns, numbers to the right. */
export function exportLines(exports: ExportManifest['exports']): readonly string[] {
  const rows = exportRows(exports);
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => (row[column] as string).length)));
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column > 2 ? cell.padStart(widths[column] as number) : cell.padEnd(widths[column] as number),
      )
      .join('  '),
  );
}

function megabytes(sizeBytes: number): string {
  return `${(sizeBytes / 1e6).toFixed(2)} MB`;
}
