import { jsonReply } from '@winnow/testing';
import type { Reply } from '@winnow/testing';
import type { CrowdPlan } from './crowd-plan';
import { CROWD_IMAGE } from './crowd-image';

const PAGE_SIZE = 20;

/** `GET /v1/images/` of Openverse for an anonymous client, over the images of the crowd. */
export function crowdSearch(plan: CrowdPlan, url: URL): Reply {
  if (url.pathname !== '/v1/images/') return jsonReply(404, { detail: 'Not found.' });
  const pages = plan.pagesOf(url.searchParams.get('q') ?? '');
  const page = Number(url.searchParams.get('page') ?? 1);
  return jsonReply(200, {
    result_count: pages.reduce((sum, shown) => sum + shown.length, 0),
    page_count: pages.length,
    page_size: PAGE_SIZE,
    page,
    results: (pages[page - 1] ?? []).map((image) => toResult(plan, image)),
  });
}

function toResult(plan: CrowdPlan, image: number): Record<string, unknown> {
  const url = plan.urlOf(image);
  return {
    id: `00000000-0000-4000-8000-${String(image).padStart(12, '0')}`,
    title: `Image ${image}`,
    foreign_landing_url: url.replace('/p/', '/page/').replace('.png', ''),
    url,
    creator: 'someone',
    license: 'cc0',
    license_version: '1.0',
    license_url: 'https://creativecommons.org/publicdomain/zero/1.0/',
    provider: 'crowd',
    source: 'crowd',
    filetype: 'png',
    mature: false,
    ...CROWD_IMAGE,
  };
}
