import type { DatasetManifest } from './build-manifest';
import { hasOtherLabels } from './card-cleaning';
import type { ImageExtension } from '../write/shard-record';
import { yamlLines } from './yaml-lines';
import type { YamlValue } from './yaml-lines';

/**
 * The YAML head of README.md, which Hugging Face `datasets` and its hub read. It spells the columns out: else they would
 * be guessed from the first five samples, and a sample with another set of optional fields would not be read.
 * @param extensions of the images that the shards hold
 */
export function cardFrontMatter(manifest: DatasetManifest, extensions: readonly ImageExtension[]): string[] {
  const splits = [...new Set(manifest.shards.map(({ split }) => split))];
  const head: YamlValue = {
    pretty_name: manifest.name,
    license: hubLicense(manifest),
    task_categories: ['image-classification'],
    size_categories: [sizeCategory(manifest.samples)],
    configs: [
      { config_name: 'default', data_files: splits.map((split) => ({ split, path: `${split}-*.tar` })), default: true },
    ],
    dataset_info: { config_name: 'default', features: columns(manifest, extensions) },
  };
  return ['---', ...yamlLines(head), '---'];
}

/** Licences by the identifiers of the hub, for the versions that it lists. */
const HUB_LICENSES = new Set([
  'cc0-1.0',
  ...['2.0', '2.5', '3.0', '4.0'].map((version) => `cc-by-${version}`),
  ...['3.0', '4.0'].map((version) => `cc-by-sa-${version}`),
  ...['2.0', '3.0', '4.0'].map((version) => `cc-by-nc-${version}`),
  'cc-by-nd-4.0',
  ...['3.0', '4.0'].map((version) => `cc-by-nc-nd-${version}`),
  ...['2.0', '3.0', '4.0'].map((version) => `cc-by-nc-sa-${version}`),
]);

/** `other` unless all images have one licence that the hub knows. */
function hubLicense({ licenses }: DatasetManifest): string {
  const stated = Object.keys(licenses);
  const id = (stated[0] ?? '').toLowerCase().replaceAll(' ', '-');
  return stated.length === 1 && HUB_LICENSES.has(id) ? id : 'other';
}

const SIZES: readonly (readonly [number, string])[] = [
  [1e3, 'n<1K'],
  [1e4, '1K<n<10K'],
  [1e5, '10K<n<100K'],
  [1e6, '100K<n<1M'],
  [1e7, '1M<n<10M'],
  [1e8, '10M<n<100M'],
];

function sizeCategory(samples: number): string {
  return SIZES.find(([below]) => samples < below)?.[1] ?? '100M<n<1B';
}

const strings = (...names: readonly string[]): YamlValue[] => names.map((name) => ({ name, dtype: 'string' }));
const integers = (...names: readonly string[]): YamlValue[] => names.map((name) => ({ name, dtype: 'int64' }));

/**
 * Fields of `KEY.json`: SampleRecord; one that a sample lacks is null. `givenClass` only where samples may have it: cards
 * of before stay what they are.
 */
const recordFields = ({ config }: Pick<DatasetManifest, 'config'>): readonly YamlValue[] => [
  ...strings('key', 'className'),
  ...integers('label', 'width', 'height'),
  ...strings('sha256', 'pixelSha256', 'pdq'),
  ...integers('pdqQuality'),
  { name: 'flags', list: 'string' },
  { name: 'unchanged', dtype: 'bool' },
  ...(hasOtherLabels(config) ? strings('givenClass') : []),
  { name: 'conflicts', list: 'string' },
  ...integers('copies'),
  {
    name: 'provenance',
    list: [
      ...strings('engine', 'query', 'className'),
      ...integers('page', 'rank'),
      ...strings('imageUrl', 'pageUrl', 'title', 'license', 'licenseUrl', 'creator'),
    ],
  },
];

function columns(manifest: DatasetManifest, extensions: readonly ImageExtension[]): YamlValue[] {
  return [
    ...extensions.map((name) => ({ name, dtype: 'image' })),
    { name: 'cls', dtype: { class_label: { names: Object.fromEntries(manifest.classes.entries()) } } },
    { name: 'json', struct: recordFields(manifest) },
    ...strings('__key__', '__url__'),
  ];
}
