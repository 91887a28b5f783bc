import path from 'node:path';
import type { ProjectConfig } from '@winnow/config';
import { BUILD_LABELS, NOISE_KINDS } from '@winnow/contracts';
import type { BuildRehearsal, NoiseKind, StudioHandover } from '@winnow/contracts';
import { LICENSE_IDS } from '@winnow/dedup';
import { z } from 'zod';
import type { RouteModule } from '../server/studio-context';
import { ownProgram } from '../steps/winnow-program';
import { BaseImagesReader } from './base-images';
import type { BaseImages } from './base-images';
import { countHandover } from './count-handover';
import { handoverWhere } from './handover-where';
import type { HandoverWishes } from './handover-where';
import { BuildRehearsals } from './rehearse-build';

const listOf = <Value extends string>(choices: readonly Value[]) =>
  z
    .string()
    .max(1000)
    .transform((text) => text.split(',').filter((value) => value !== ''))
    .pipe(z.array(z.enum(choices as readonly [Value, ...Value[]])));

const querySchema = z.object({
  kinds: listOf<NoiseKind>(NOISE_KINDS)
    .pipe(z.array(z.enum(NOISE_KINDS)).min(1))
    .default(['clean']),
  labels: z.enum(BUILD_LABELS).default('given'),
  least: z.coerce.number().min(0).max(1).default(0),
  decided: z
    .enum(['0', '1'])
    .default('0')
    .transform((value) => value === '1'),
  licenses: listOf<string>([...LICENSE_IDS, 'unknown']).default([]),
  holdout: z.string().trim().max(1000).default(''),
});

/** What a cleaned data set would hold: counts of what `winnow build` would make of it, at once and by its plan. */
export const handoverRoutes: RouteModule = (server, context) => {
  const reader = new BaseImagesReader(context);
  const rehearsals = new BuildRehearsals(ownProgram(), context.projectFile);
  server.post('/api/handover/plan', (request, reply): Promise<BuildRehearsal> => {
    const left = new AbortController();
    reply.raw.on('close', () => left.abort());
    return rehearsals.plan(request.body, AbortSignal.any([left.signal, context.signal]));
  });
  server.get('/api/handover', async (request): Promise<StudioHandover> => {
    const { kinds, labels, least, decided: isDecidedOnly, licenses, holdout: asked } = querySchema.parse(request.query);
    const wishes = { kinds, leastProbability: least, isDecidedOnly, licenses };
    const { build } = context.config;
    const where = handoverWhere(wishes, build.where);
    const holdout = asked === '' ? null : mergedHoldout(context.config, asked);
    const base = await reader.read();
    if (base === null) return { ...NOTHING, where, holdout };
    const rows = fittingRows(base, wishes, build.where);
    const { images } = base;
    const counted = countHandover(base, rows, { labels, classes: build.classes });
    return {
      base: {
        buildId: images.build.id,
        splitId: images.split.id,
        method: images.split.method,
        samples: images.lists.columns.count,
      },
      licenses: images.lists.facets({ filters: {} }).facets.license.map(({ value, count }) => ({ value, count })),
      ...{ where, holdout },
      ...counted,
      remarks: [
        ...base.remarks,
        ...(labels === 'decided' && base.decided.size === 0
          ? ['Nobody has decided anything yet: there are no decided labels, and the build says so.']
          : []),
      ],
      inexact: [
        ...base.inexact,
        ...(build.where === base.where
          ? []
          : ['The project has another `build.where` now than this data set was made with.']),
        ...(holdout === null ? [] : ['Copies of the images to stay clear of are left out besides.']),
        ...foldedOtherwise(base, rows, licenses),
      ],
    };
  });
};

const NOTHING: Omit<StudioHandover, 'where' | 'holdout'> = {
  base: null,
  licenses: [],
  count: 0,
  byClass: [],
  relabelled: 0,
  decidedOut: 0,
  inexact: [],
  remarks: [],
};

/** As `--holdout` adds a place to those of the project. @param asked from where the studio was started, as steps are */
function mergedHoldout({ build, paths: { root } }: ProjectConfig, asked: string): readonly string[] {
  const place = path.resolve(asked);
  if (build.holdout.some((own) => path.resolve(root, own) === place)) return build.holdout;
  return [...build.holdout, path.relative(root, place) || '.'];
}

/** Of a data set that was made with the project's own expression, all images fit that already. */
function fittingRows(
  { images, decided, where }: BaseImages,
  wishes: HandoverWishes,
  own: string | undefined,
): number[] {
  const scanned = handoverWhere({ ...wishes, isDecidedOnly: false }, own === where ? undefined : own);
  const rows = images.lists.list({ filters: {}, where: scanned, sort: 'position', isDescending: false });
  return Array.from(rows).filter((row) => !wishes.isDecidedOnly || decided.has(row));
}

/** A build asks each file for its licence, and a list the image with all its copies. */
function foldedOtherwise({ images }: BaseImages, rows: readonly number[], licenses: readonly string[]): string[] {
  const { copies } = images.lists.columns;
  const folded = licenses.length === 0 ? 0 : rows.filter((row) => (copies[row] as number) > 1).length;
  return folded === 0 ? [] : [`${folded} of these stand for copies, which may have other licences.`];
}
