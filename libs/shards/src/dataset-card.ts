import type { JsonValue } from '@winnow/contracts';
import type { DatasetManifest } from './build-manifest';

/** README.md of a data set: what it holds, under which licences, where it came from, how to read it. */
export function datasetCard(manifest: DatasetManifest): string {
  const { name, samples, copies, conflicting, digest, createdBy, shards } = manifest;
  const first = shards[0]?.name ?? 'train-000000.tar';
  return [
    `# ${inline(name)}`,
    '',
    `${samples} pictures of ${manifest.classes.length} classes in ${shards.length} WebDataset shards, collected from ` +
      'the web by class name. Labels are what search engines returned: expect wrong ones.',
    '',
    `- digest: \`${digest}\``,
    `- made by: ${inline(createdBy)}`,
    `- copies found and merged: ${copies - samples}`,
    `- pictures whose copies were found under several classes: ${conflicting}`,
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
    '## Licences',
    '',
    'As stated by the engine that listed the picture; nobody has checked them. Each picture keeps its own licence: ' +
      '`ATTRIBUTION.tsv` names title, creator, licence and page of every one.',
    '',
    ...countTable('licence', manifest.licenses),
    '',
    '## Origin',
    '',
    'Every picture keeps all engines, queries, pages and URLs under which it was found (`provenance` in its JSON).',
    '',
    ...countTable('engine', manifest.engines, 'sightings'),
    '',
    ...rules(manifest.config),
    '## Reading',
    '',
    'Each sample is `KEY.jpg` or `KEY.png`, `KEY.cls` (label) and `KEY.json`. `samples.jsonl` has one line per sample ' +
      'with shard, offset and length of the picture, for random access. `_info.json` and `shardindex.json` serve timm ' +
      'and wids.',
    '',
    '```python',
    'import webdataset as wds',
    `dataset = wds.WebDataset("${first}", shardshuffle=False).decode("pil").to_tuple("jpg;png", "cls", "json")`,
    '```',
    '',
  ].join('\n');
}

/** Under which rules the pictures were collected, where the settings say so. */
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

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.map(inline).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}

/** Names come from the web: they must not break out of their cell or become markup. */
function inline(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[\\|`<>[\]*_]/g, (character) => `\\${character}`);
}
