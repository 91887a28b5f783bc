import type { ExportManifest, InputSpec } from '@winnow/contracts';
import { cardTable, inlineText } from '@winnow/runs';
import { MAX_COMPARED } from './compare-answers';
import type { ExportResult } from './export-job';
import { exportRows } from './export-table';

export interface ExportCardData extends Pick<ExportManifest, 'model' | 'classes' | 'weightsSha256' | 'exports'> {
  /** How the network wants its pixels. */
  readonly input: InputSpec;
  readonly images: Pick<ExportResult, 'images' | 'origin' | 'calibrated'>;
  /** model-card.md of the run that the weights are from; null: there is none. */
  readonly runCard: string | null;
}

const ORIGINS: Readonly<Record<ExportResult['origin'], string>> = {
  named: 'images that were named for it',
  test: "the project's test images",
  pool: 'images of the pool, which were not used for calibration',
  rest: 'of the images that were named for calibration, which were not used for it',
  noise: 'images of noise, which say nothing of accuracy',
};

/** model-card.md of an export: that of the run, where there is one, and what each file is and how well it does. */
export function exportCard({ model, classes, weightsSha256, exports, input, images, runCard }: ExportCardData): string {
  const { images: count, calibrated } = images;
  const [head = [], ...rows] = exportRows(exports);
  return [
    runCard?.trimEnd() ??
      `# ${inlineText(model)}\n\nAn image classifier of ${classes.length} classes: ${inlineText(classes.slice(0, 100).join(', '))}${classes.length > 100 ? ', ...' : ''}.`,
    '',
    '## Files',
    '',
    `Written by \`winnow export\` from weights with the SHA-256 ${weightsSha256}. Images go in as RGB of ${input.size} x ${input.size} px;`,
    'how their values are scaled stands in each file. Each was loaded again and compared with the network on',
    `${count} ${ORIGINS[images.origin]}${count > MAX_COMPARED ? `, float32 on the first ${MAX_COMPARED} of them` : ''}.${calibrated === 0 ? '' : ` The ranges of int8 were chosen on ${calibrated} images.`}`,
    '',
    ...cardTable(
      head.map((heading, column) => ({ heading, isNumber: column > 2 })),
      rows,
    ),
    '',
  ].join('\n');
}
