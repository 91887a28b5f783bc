import { quoted } from './psql.mjs';

/** As of Openverse: results a page, pages a query. */
export const PAGE_SIZE = 20;
export const URLS_PER_QUERY = 240;

/**
 * A crawl of classes with as many queries as it takes to list so many URLs.
 * @param {{ urls: number, classes: number }} size
 */
export function crawlSettings({ urls, classes }) {
  const queries = Math.ceil(urls / URLS_PER_QUERY);
  const named = Array.from({ length: classes }, (_, index) => ({ name: `class ${index}`, queries: [] }));
  for (let query = 0; query < queries; query += 1) named[query % classes].queries.push(`query ${query}`);
  const harvest = { engines: ['openverse'], expand: [] };
  return { classes: named, harvest, perClass: urls, stateDir: '/', seed: 1, year: 2026, fetchLimit: null };
}

/**
 * SQL that stores URLs `from` to below `to` of the whole listing, as if the pages with them had been read.
 * @param {{ project: string, classes: number, hosts: number, from: number, to: number }} part
 */
export function listingQuery({ project, classes, hosts, from, to }) {
  return `
    insert into hits (id, project, class_name, engine, engine_version, query, page, rank, image_url, canonical_url,
      page_url, title, license, creator)
    select md5(i::text) || md5('x' || i), ${quoted(project)}, 'class ' || (q % ${classes}), 'openverse', '1',
      'query ' || q, r / ${PAGE_SIZE} + 1, r % ${PAGE_SIZE} + 1, url, url, url || '.html', 'Image ' || i, 'by 2.0',
      'someone'
    from (select i, i / ${URLS_PER_QUERY} as q, i % ${URLS_PER_QUERY} as r,
      'http://host' || (i % ${hosts}) || '.crowd.test/photos/' || i || '.jpg' as url
      from generate_series(${from}, ${to - 1}) as i) as listed;
    update queries q set state = 'exhausted', hit_count = h.hits, pages = h.pages
    from (select query, count(*) as hits, max(page) as pages from hits where project = ${quoted(project)} group by 1) h
    where q.project = ${quoted(project)} and q.query = h.query`;
}
