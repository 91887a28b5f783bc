import { IMPORT_ENGINES, imageOrigin } from '@winnow/contracts';
import type { JsonValue, RunSummary } from '@winnow/contracts';

import { cardResults } from './card-results';
import { cardSplit } from './card-split';
import { factTable, inlineText } from './card-text';
import type { RunManifest } from '../run/run-manifest';

export interface ModelCardData {
  readonly manifest: RunManifest;
  readonly summary: RunSummary;
  readonly config: JsonValue;
}

/** model-card.md: what the model is, how good, what it saw, and how to get it again. */
export function modelCard({ manifest, summary, config }: ModelCardData): string {
  return [
    `# ${inlineText(manifest.project)}: ${inlineText(summary.model)} by ${inlineText(summary.method)}, seed ${summary.seed}`,
    '',
    `An image classifier trained by winnow on ${trainingImages(manifest)}${manifest.teacherDigest === null ? '' : ', with the help of a teacher network'}.`,
    '',
    ...cardResults(summary),
    ...cardSplit(summary),
    '## Limits',
    '',
    ...bias(manifest),
    'The accuracy above holds for the test set named in the configuration and for nothing else. Images of no known',
    'class are still given one of the classes.',
    '',
    ...licences(manifest),
    '## Provenance',
    '',
    ...provenance(manifest),
    '',
    '## Configuration',
    '',
    ...fenced(JSON.stringify(config, null, 2)),
    '',
  ].join('\n');
}

function trainingImages({ imageEngines }: RunManifest): string {
  if (imageEngines === undefined) return 'a data set of its own making';
  const searched = imageEngines.filter((engine) => !IMPORT_ENGINES.includes(engine)).map(inlineText);
  const found = `images that search engines listed (${searched.join(', ')})`;
  const texts = { search: found, import: 'imported images', mixed: `imported images and ${found}` };
  return texts[imageOrigin(imageEngines)];
}

const SEARCH_BIAS = [
  'Images that search engines listed carry their bias: what is rarely photographed, or seldom tagged in the language',
  'of the queries, is under-represented.',
];
const IMPORT_BIAS = ['Imported images carry the labels and the bias of the collection that they are from.'];

function bias({ imageEngines }: RunManifest): readonly string[] {
  if (imageEngines === undefined) return [];
  const texts = { search: SEARCH_BIAS, import: IMPORT_BIAS, mixed: [...IMPORT_BIAS, ...SEARCH_BIAS] };
  return texts[imageOrigin(imageEngines)];
}

function licences({ attribution }: RunManifest): string[] {
  if (attribution === undefined || attribution === null) return [];
  return [
    '## Licences',
    '',
    `The training images keep their licences: ${inlineText(attribution)} in the project's folder names title, creator,`,
    'licence and page of every one. What they mean for a model trained on them depends on where it is used.',
    '',
  ];
}

function provenance(manifest: RunManifest): string[] {
  const { versions, git } = manifest;
  return factTable([
    ['Run', manifest.identity],
    ['Started', manifest.startedAt],
    ['Data set build', manifest.buildDigest],
    ['Teacher', manifest.teacherDigest ?? 'none'],
    ['Seed', String(manifest.seed)],
    [
      'Commit of the project',
      git === null ? 'not in a git checkout' : `${git.commit}${git.dirty ? ', with changes' : ''}`,
    ],
    ['Versions', `winnow ${versions.winnow}, node ${versions.node}, engine ${versions.engine}`],
    ['Computed on', `${manifest.engine}, ${manifest.device}`],
  ]);
}

/** A class may be named like the end of a block of code. */
function fenced(json: string): string[] {
  const longest = Math.max(2, ...[...json.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return [`${fence}json`, json, fence];
}
