import type { MethodName } from '@winnow/contracts';
import { html } from './markup';
import type { Markup } from './markup';
import type { RunReport } from './report-data';

/** What students learn from, of methods that read the split and of those that do not. */
const USES: Readonly<Record<MethodName, string>> = {
  winnow:
    'learned what the teacher says of every picture (refined by the labels that can be believed, where that was asked for)',
  'winnow-1': 'learned what the teacher says of every picture, whatever its label',
  kd: 'learned what the teacher says of every picture, whatever its label',
  'kd-known': 'learned what the teacher says of the clean and the closed pictures, and left the open ones out',
  modul:
    'learned the labels of the clean pictures and the teacher’s classes for the closed ones, and saw the open ones without a label',
  ce: 'learned the given label of every picture, wrong ones too',
  fitnet: 'learned the teacher’s features and outputs on every picture, whatever its label',
  simkd: 'learned the teacher’s features on every picture, whatever its label',
  dist: 'learned how the teacher’s outputs correlate on every picture, whatever its label',
  dfnd: 'learned what the teacher says of the half of the pictures that it is surest of, whatever their labels',
  kd3: 'learned the teacher’s features on pictures that teacher and student are sure of, whatever their labels',
};

/** What each method did with the split; nothing before there are runs that tell. */
export function splitUse(runs: readonly RunReport[]): Markup | false {
  const told = new Map(
    runs.flatMap(({ summary: { method, readsSplit, split } }) =>
      readsSplit === undefined
        ? []
        : [[method, readsSplit ? `read the split ${split?.method ?? ''}`.trim() : 'did not read the split']],
    ),
  );
  if (told.size === 0) return false;
  return html`<ul>
    ${[...told].map(([method, reading]) => {
      const use = Object.hasOwn(USES, method) ? `: it ${USES[method as MethodName]}` : '';
      return html`<li><b>${method}</b> ${reading}${use}.</li>`;
    })}
  </ul>`;
}
