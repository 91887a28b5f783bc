import { imageOrigin } from '@winnow/contracts';
import type { ImageOrigin, JsonValue } from '@winnow/contracts';
import type { BuildShard, DatasetManifest } from './build-manifest';
import { cardCleaning } from './card-cleaning';
import { cardEvidence } from './card-evidence';
import { cardFrontMatter } from './card-front-matter';
import { cardLabels } from './card-labels';
import { inline, table } from './markdown-table';
import { IMAGE_EXTENSIONS } from '../write/shard-record';
import type { ImageExtension } from '../write/shard-record';

/**
 * README.md of a data set: what it holds, under which licences, where it came from, how far its labels may be trusted,
 * how to read it. Its head makes the folder one that Hugging Face `datasets` reads without further arguments.
 * @param shards as described by the manifest
 */
export function datasetCard(
  manifest: DatasetManifest,
  shards: readonly Pick<BuildShard, 'entries' | 'records'>[],
): string {
  const { name, samples, copies, digest, createdBy } = manifest;
  const origin = imageOrigin(Object.keys(manifest.engines));
  const evidence = cardEvidence(shards.flatMap(({ records }) => records));
  const found = new Set(shards.flatMap(({ entries }) => entries.map(({ extension }) => extension)));
  const extensions = IMAGE_EXTENSIONS.filter((extension) => found.has(extension));
  return [
    ...cardFrontMatter(manifest, extensions),
    '',
    `# ${inline(name)}`,
    '',
    `${samples} pictures of ${manifest.classes.length} classes in ${manifest.shards.length} WebDataset shards, ` +
      ORIGINS[origin],
    '',
    `- digest: \`${digest}\``,
    `- made by: ${inline(createdBy)}`,
    `- copies found and merged: ${copies - samples}, into ${evidence.withCopies} pictures`,
    ...(evidence.unchanged > 0 ? [`- pictures kept byte for byte as they were imported: ${evidence.unchanged}`] : []),
    ...cardCleaning(manifest.config, evidence.relabelled),
    '',
    '## Classes',
    '',
    ...table(
      ['label', 'class', 'pictures'],
      manifest.classes.map((className, label) => [
        String(label),
        className,
        String(manifest.classCounts[className] ?? 0),
      ]),
    ),
    '',
    ...cardLabels(manifest, evidence),
    '## Licences',
    '',
    `As stated by the ${LICENSORS[origin]}; nobody has checked them. Each picture keeps its own licence: ` +
      '`ATTRIBUTION.tsv` names title, creator, licence and page of every one.',
    '',
    ...countTable('licence', manifest.licenses),
    '',
    '## Origin',
    '',
    `Every picture keeps ${PROVENANCE[origin]} (\`provenance\` in its JSON).`,
    '',
    ...countTable('engine', manifest.engines, 'sightings'),
    '',
    ...(origin === 'import' ? [] : rules(manifest.config)),
    ...reading(manifest, extensions),
  ].join('\n');
}

const ORIGINS: Readonly<Record<ImageOrigin, string>> = {
  import: 'imported from files. Labels are those of the files: nobody has checked them here.',
  search: 'collected from the web by class name. Labels are what search engines returned: expect wrong ones.',
  mixed:
    'in part imported from files, in part collected from the web by class name. Labels are those of the files, or what ' +
    'search engines returned: expect wrong ones.',
};

/** Who stated the licences. */
const LICENSORS: Readonly<Record<ImageOrigin, string>> = {
  import: 'files that were imported',
  search: 'engine that listed the picture',
  mixed: 'engine that listed the picture, or the files that were imported',
};

const PROVENANCE: Readonly<Record<ImageOrigin, string>> = {
  import: 'the files and the lines under which it was imported',
  search: 'all engines, queries, pages and URLs under which it was found',
  mixed: 'all engines, queries, pages and URLs under which it was found, and the files under which it was imported',
};

function reading({ shards, classes }: DatasetManifest, extensions: readonly ImageExtension[]): string[] {
  const first = shards[0]?.name ?? 'train-000000.tar';
  const images = extensions.length === 0 ? 'jpg' : extensions.join(';');
  return [
    '## Reading',
    '',
    `Each sample is \`KEY.${extensions.join('` or `KEY.') || 'jpg'}\`, \`KEY.cls\` (label: 0 to ${classes.length - 1}) and ` +
      '`KEY.json`. `samples.jsonl` has one line per sample with shard, offset and length of the picture, for random ' +
      'access. `_info.json` serves timm, `shardindex.json` wids. The folder can be put on the Hugging Face hub as it is.',
    '',
    '```python',
    'import datasets, webdataset, wids',
    '',
    'dataset = datasets.load_dataset("FOLDER")  # or streaming=True',
    `dataset = webdataset.WebDataset("FOLDER/${first}", shardshuffle=False).decode("pil").to_tuple("${images}", "cls", "json")`,
    'dataset = wids.ShardListDataset("FOLDER/shardindex.json")  # random access',
    '```',
    '',
  ];
}

/** Under which rules the images were collected, where the settings say so. */
function rules(config: JsonValue): string[] {
  const harvest = isObject(config) ? config['harvest'] : undefined;
  if (!isObject(harvest)) return [];
  const rows = Object.keys(harvest)
    .sort()
    .map((name) => [name, JSON.stringify(harvest[name])]);
  return ['Collected under these settings:', '', ...table(['setting', 'value'], rows), ''];
}

function isObject(value: JsonValue | undefined): value is { readonly [key: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function countTable(heading: string, counts: Readonly<Record<string, number>>, unit = 'pictures'): string[] {
  return table(
    [heading, unit],
    Object.entries(counts).map(([name, count]) => [name, String(count)]),
  );
}
