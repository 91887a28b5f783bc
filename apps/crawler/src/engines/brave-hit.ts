import type { EngineHit } from '@winnow/contracts';
import { cleanHit } from './clean-hit';
import { asRecord } from './json-body';

/** One item of Brave's image results, which its pages and its interface write alike. Empty when it names no picture. */
export function braveHit(value: unknown, baseUrl: string): EngineHit[] {
  const item = asRecord(value) ?? {};
  const properties = asRecord(item['properties']) ?? {};
  const hit = cleanHit(
    {
      imageUrl: properties['url'],
      pageUrl: item['url'],
      thumbUrl: asRecord(item['thumbnail'])?.['src'],
      title: item['title'],
      width: properties['width'],
      height: properties['height'],
    },
    baseUrl,
  );
  return hit === undefined ? [] : [hit];
}
