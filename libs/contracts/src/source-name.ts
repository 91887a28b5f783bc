/** `provenance.engine` of pictures that a person imported, where a crawl names a search engine. */
export const IMPORT_ENGINE = 'import';

/** The same for pictures of a world (a pool made for measuring): their bytes enter a data set as they are. */
export const WORLD_ENGINE = 'world';
