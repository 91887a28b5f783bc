import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { SourceOptions } from '@winnow/contracts';
import { MANIFEST_FILES, readDataset } from '@winnow/shards';
import type { ImportSource } from './import-source';
import { listFiles } from './list-files';
import { readSamples } from './read-samples';
import { sampleSeries } from './sample-series';
import type { SeriesSample } from './sample-series';

const TAR = /\.tar(\.gz)?$|\.tgz$/i;

/** Whether a file is a tar, by its name. */
export function isTar(file: string): boolean {
  return TAR.test(file);
}

/** The tars of a source, itself or in its folder, as paths between slashes in code-unit order. */
export async function listTars(source: string): Promise<readonly string[]> {
  if (!(await stat(source)).isDirectory()) return TAR.test(source) ? [path.basename(source)] : [];
  return (await listFiles(source)).filter((name) => TAR.test(name));
}

/**
 * WebDataset tars: `key.jpg` with `key.cls`, `key.json` or `key.txt`; img2dataset writes such, and so does winnow. Where
 * none of these lies beside an image, a folder per class.
 * @throws WinnowError FORMAT_INVALID
 */
export async function tarSource(source: string, options: SourceOptions): Promise<ImportSource> {
  const tars = await listTars(source);
  const isFolder = (await stat(source)).isDirectory();
  const folder = isFolder ? source : path.dirname(source);
  const isImg2dataset = options.kind === 'img2dataset';
  return sampleSeries(
    {
      kind: isImg2dataset ? 'img2dataset' : 'webdataset',
      source,
      name: options.name ?? path.basename(path.resolve(source)),
      what: `${isImg2dataset ? 'Output of img2dataset' : 'WebDataset'}, ${tars.length} tars`,
      async *samples(images): AsyncGenerator<SeriesSample> {
        for (const tar of tars) {
          const file = path.join(folder, tar);
          const samples = readSamples(file, { maxBytes: options.maxBytes, images });
          for await (const { key, image, refusal, texts } of samples) {
            const location = `${tar}/${key}`;
            const folders = isImg2dataset ? [] : key.split('/').slice(0, -1);
            yield image === null
              ? { location, texts, folders, refusal, read: () => Promise.resolve(refusal) }
              : { location, texts, folders, read: () => Promise.resolve(image) };
          }
        }
      },
    },
    { ...options, classes: options.classes ?? (isFolder ? await datasetClasses(source) : null) },
  );
}

/** Of a data set that winnow wrote. */
async function datasetClasses(folder: string): Promise<readonly string[] | null> {
  return existsSync(path.join(folder, MANIFEST_FILES.dataset)) ? (await readDataset(folder)).classes : null;
}
