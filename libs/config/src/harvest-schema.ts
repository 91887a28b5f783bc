import { z } from 'zod';

/** Official interfaces first; the scraped ones work only when named. */
export const ENGINE_NAMES = [
  'openverse',
  'commons',
  'flickr',
  'brave-api',
  'bing',
  'duckduckgo',
  'brave',
  'qwant',
  'yahoo',
  'yandex',
  'baidu',
  'google',
] as const;

export const languageSchema = z
  .string()
  .regex(/^[a-z]{2,3}(?:-[A-Z]{2})?$/, 'must be a language such as de or pt-BR')
  .describe('Language, and region, that engines are asked in.');

/** How to search and download. */
export const harvestSchema = z.strictObject({
  engines: z
    .array(z.enum(ENGINE_NAMES))
    .min(1)
    .default(['openverse', 'commons'])
    .describe(
      'Search engines, in order of preference. Scraped engines (bing and those after it) work only when named here.',
    ),
  perClass: z.int().min(1).max(1_000_000).default(300).describe('Different images to store for each class.'),
  licenses: z
    .enum(['any', 'share', 'commercial', 'modify', 'modify-commercial', 'public-domain'])
    .default('any')
    .describe('What licences must allow. Put to engines that can filter, and checked against what the others state.'),
  allowLicenses: z
    .array(z.string().trim().min(1).max(100))
    .min(1)
    .optional()
    .describe('Only images that state one of these licences, such as cc0, by, by-sa, pdm. Default: all.'),
  filters: z
    .strictObject({
      size: z.enum(['small', 'medium', 'large']).optional().describe('Size of images, as the engine counts it.'),
      color: z
        .enum(['color', 'gray', 'red', 'orange', 'yellow', 'green', 'blue', 'purple', 'brown', 'black', 'white'])
        .optional()
        .describe('Colour that prevails; color and gray: any or none.'),
      type: z.enum(['photo', 'illustration', 'drawing', 'transparent']).optional().describe('Kind of image.'),
      aspect: z.enum(['square', 'tall', 'wide']).optional().describe('Shape of images.'),
      after: z.iso.date().optional().describe('First day of publication.'),
      before: z.iso.date().optional().describe('Last day of publication.'),
      language: languageSchema.optional(),
    })
    .prefault({})
    .describe('Asked of every engine that can; what one cannot do is reported.'),
  expand: z
    .array(z.enum(['size', 'color', 'type', 'aspect', 'years']))
    .default([])
    .describe('When a query gives no more: ask it again for each value of these, where the engine can.'),
  safe: z.enum(['strict', 'moderate', 'off']).default('strict').describe('Safe search, where an engine has it.'),
  contact: z
    .string()
    .max(200)
    .optional()
    .describe('URL or mail address that site owners find in the User-Agent. Needed by crawl.'),
  respectRobots: z
    .boolean()
    .default(true)
    .describe('Obey robots.txt and noai, noimageai, noindex. Recorded in the data set.'),
  respectTdm: z
    .boolean()
    .default(true)
    .describe('Obey reservations of text and data mining (tdm-reservation, tdmrep.json). Recorded in the data set.'),
  checkPages: z
    .enum(['none', 'scraped', 'all'])
    .default('scraped')
    .describe(
      'Whose pages are read for opt-outs (meta robots) before their images are fetched: those that scraped engines listed, or all. Needs respectRobots.',
    ),
  delayMillis: z
    .int()
    .min(0)
    .max(600_000)
    .default(1000)
    .describe('Least time between two requests to one host, milliseconds.'),
  concurrency: z.int().min(1).max(256).default(16).describe('Requests under way at once, all hosts together.'),
  perHost: z.int().min(1).max(16).default(2).describe('Requests under way at once to one host.'),
  maxBytes: z.int().min(1024).max(1_000_000_000).default(20_000_000).describe('Largest file, bytes after decoding.'),
  maxPixels: z.int().min(1024).max(100_000_000).default(100_000_000).describe('Largest image, pixels.'),
  minSide: z.int().min(1).max(10_000).default(24).describe('Shortest side of an image that is kept, pixels.'),
  maxAspectRatio: z
    .number()
    .min(1)
    .max(1000)
    .default(5)
    .describe('Longest side over shortest side of an image that is kept.'),
  encode: z
    .boolean()
    .default(true)
    .describe(
      'Encode images for the data set while they are crawled: the next build takes them from .winnow/encoded. Not where originals are in a store.',
    ),
  resolve: z
    .record(
      z.string().min(1),
      z.string().regex(/^(127\.0\.0\.1|\[::1\]):\d{1,5}$/, 'must be 127.0.0.1:PORT or [::1]:PORT'),
    )
    .default({})
    .describe(
      'Hosts to reach at a loopback server instead: for the demo, tests and benchmarks. Recorded in the data set.',
    ),
});
