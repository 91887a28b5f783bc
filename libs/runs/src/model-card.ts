import type { JsonValue, RunSummary } from '@winnow/contracts';

import type { RunManifest } from './run-manifest';

export interface ModelCardData {
  readonly manifest: RunManifest;
  readonly summary: RunSummary;
  readonly config: JsonValue;
}

/** model-card.md: what the model is, how good, what it saw, and how to get it again. */
export function modelCard({ manifest, summary, config }: ModelCardData): string {
  const { versions } = manifest;
  return [
    `# ${inline(manifest.project)}: ${inline(summary.model)} by ${inline(summary.method)}, seed ${summary.seed}`,
    '',
    'An image classifier trained by winnow on pictures from the web, cleaned and labelled with the help of a teacher.',
    '',
    '## Results',
    '',
    ...table([
      ['Test accuracy', percent(summary.accuracy)],
      ['Agreement with the teacher', percent(summary.agreement)],
      ['Test accuracy of the teacher', percent(summary.teacherAccuracy)],
      ['Epochs', String(summary.epochs)],
      ['Pictures seen', String(summary.imagesSeen)],
      ['Wall time', `${summary.seconds.toFixed(1)} s`],
      ['Peak memory', `${(summary.peakMemoryBytes / 2 ** 20).toFixed(0)} MiB`],
    ]),
    '',
    ...perClass(summary),
    ...notes(summary),
    '## Limits',
    '',
    'The training pictures were found by search engines and carry their bias: what is rarely photographed, or seldom',
    'tagged in the language of the queries, is under-represented. The accuracy above holds for the test set named in',
    'the configuration and for nothing else. Pictures of no known class are still given one of the classes.',
    '',
    '## Provenance',
    '',
    ...table([
      ['Run', manifest.identity],
      ['Started', manifest.startedAt],
      ['Data set build', manifest.buildDigest],
      ['Teacher', manifest.teacherDigest ?? 'none'],
      ['Seed', String(manifest.seed)],
      [
        'Code',
        manifest.git === null
          ? 'not in a git checkout'
          : `${manifest.git.commit}${manifest.git.dirty ? ', with changes' : ''}`,
      ],
      ['Versions', `winnow ${versions.winnow}, node ${versions.node}, engine ${versions.engine}`],
      ['Computed on', `${manifest.engine}, ${manifest.device}`],
    ]),
    '',
    '## Configuration',
    '',
    '```json',
    JSON.stringify(config, null, 2),
    '```',
    '',
  ].join('\n');
}

function perClass({ perClassAccuracy }: RunSummary): string[] {
  if (perClassAccuracy === null) return [];
  const rows = Object.entries(perClassAccuracy).map(([name, value]) => [inline(name), percent(value)] as const);
  return ['### By class', '', '| class | accuracy |', '| --- | ---: |', ...rows.map(tableRow), ''];
}

function notes(summary: RunSummary): string[] {
  if (summary.notes.length === 0) return [];
  return ['### Notes', '', ...summary.notes.map((note) => `- ${inline(note)}`), ''];
}

function table(rows: readonly (readonly [string, string])[]): string[] {
  return ['| | |', '| --- | --- |', ...rows.map(([name, value]) => tableRow([name, inline(value)]))];
}

function tableRow(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function percent(value: number | null): string {
  return value === null ? 'not measured' : `${(100 * value).toFixed(2)} %`;
}

/** One line of text that Markdown shows as it is. */
function inline(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[\\`*_{}[\]<>|#]/g, '\\$&');
}
