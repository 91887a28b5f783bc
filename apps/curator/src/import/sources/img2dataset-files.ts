import { readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import type { SourceOptions } from '@winnow/contracts';
import { resolveInside } from '@winnow/shards';
import type { ImportSource } from './import-source';
import { listFiles } from './list-files';
import { readListedFile } from './read-listed-file';
import { IMAGE_EXTENSIONS, TEXT_EXTENSIONS } from './read-samples';
import { sampleSeries } from './sample-series';
import type { SeriesSample } from './sample-series';

const MAX_TEXT_BYTES = 1_000_000;

/** What img2dataset writes as `files`: folders NNNNN of KEY.jpg, KEY.txt, KEY.json. @throws WinnowError FORMAT_INVALID */
export async function img2datasetFiles(source: string, options: SourceOptions): Promise<ImportSource> {
  const root = await realpath(source);
  const groups = groupByKey(await listFiles(root));
  return sampleSeries(
    {
      kind: 'img2dataset',
      source,
      name: options.name ?? path.basename(root),
      what: `Output of img2dataset, ${groups.length} files`,
      async *samples(): AsyncGenerator<SeriesSample> {
        for (const { key, image, texts } of groups) {
          const found = new Map<string, string>();
          for (const [extension, file] of texts) {
            const text = await readText(root, file);
            if (text !== null) found.set(extension, text);
          }
          yield { location: key, texts: found, read: () => readListedFile(root, image, options.maxBytes) };
        }
      },
    },
    options,
  );
}

interface Group {
  readonly key: string;
  readonly image: string;
  /** Files by extension. */
  readonly texts: ReadonlyMap<string, string>;
}

function groupByKey(files: readonly string[]): readonly Group[] {
  const groups = new Map<string, { image?: string; texts: Map<string, string> }>();
  for (const file of files) {
    const extension = path.extname(file).slice(1).toLowerCase();
    const key = file.slice(0, file.length - path.extname(file).length);
    const group = groups.get(key) ?? { texts: new Map<string, string>() };
    groups.set(key, group);
    if (IMAGE_EXTENSIONS.has(extension)) group.image ??= file;
    else if (TEXT_EXTENSIONS.has(extension)) group.texts.set(extension, file);
  }
  return [...groups].flatMap(([key, { image, texts }]) => (image === undefined ? [] : [{ key, image, texts }]));
}

async function readText(root: string, name: string): Promise<string | null> {
  const found = await resolveInside(root, name);
  if (!found.ok) return null;
  const facts = await stat(found.file);
  return facts.isFile() && facts.size <= MAX_TEXT_BYTES ? readFile(found.file, 'utf8') : null;
}
