/** `provenance.engine` of pictures that a person imported, where a crawl names a search engine. */
export const IMPORT_ENGINE = 'import';

/** The same for pictures of a world (a pool made for measuring): their bytes enter a data set as they are. */
export const WORLD_ENGINE = 'world';

/**
 * Stands for the URL of an imported picture whose source states none: `import:SOURCE/PLACE`, each part percent-encoded.
 * The same picture of the same source has the same.
 * @param place path within the source, parts between slashes
 */
export function importedUrl(engine: typeof IMPORT_ENGINE | typeof WORLD_ENGINE, source: string, place: string): string {
  const parts = [source, ...place.split('/')].map((part) => encodeURIComponent(part.replace(/\p{Cs}/gu, '\ufffd')));
  return `${engine}:${parts.join('/')}`;
}
