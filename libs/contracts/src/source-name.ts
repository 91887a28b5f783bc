/** `provenance.engine` of images that a person imported, where a crawl names a search engine. */
export const IMPORT_ENGINE = 'import';

/** The same for images of a world (a pool made for measuring): their bytes enter a data set as they are. */
export const WORLD_ENGINE = 'world';

/** Engines that stand for an import. */
export const IMPORT_ENGINES: readonly string[] = [IMPORT_ENGINE, WORLD_ENGINE];

/** Where the images of a data set are from: search engines listed them, a person imported them, or some of either. */
export type ImageOrigin = 'search' | 'import' | 'mixed';

/** @param engines of all provenance; without any, nothing was searched for */
export function imageOrigin(engines: Iterable<string>): ImageOrigin {
  const all = [...engines];
  const imported = all.filter((engine) => IMPORT_ENGINES.includes(engine)).length;
  if (imported === all.length) return 'import';
  return imported === 0 ? 'search' : 'mixed';
}

/**
 * Stands for the URL of an imported image whose source states none: `import:SOURCE/PLACE`, each part percent-encoded.
 * The same image of the same source has the same.
 * @param location path within the source, parts between slashes
 */
export function importedUrl(
  engine: typeof IMPORT_ENGINE | typeof WORLD_ENGINE,
  source: string,
  location: string,
): string {
  const parts = [source, ...location.split('/')].map((part) => encodeURIComponent(part.replace(/\p{Cs}/gu, '\ufffd')));
  return `${engine}:${parts.join('/')}`;
}
