import { WinnowError } from '@winnow/contracts';
import type { SourceKind, SourceOptions } from '@winnow/contracts';

const LABELLED: readonly SourceKind[] = ['table', 'webdataset', 'img2dataset'];

/** Flags that say nothing of a source of another kind. */
const FLAGS = [
  { flag: '--class-column', kinds: LABELLED, isGiven: ({ classColumn }: SourceOptions) => classColumn !== undefined },
  { flag: '--path-column', kinds: ['table'], isGiven: ({ pathColumn }: SourceOptions) => pathColumn !== undefined },
  { flag: '--url-column', kinds: ['table'], isGiven: ({ urlColumn }: SourceOptions) => urlColumn !== undefined },
  { flag: '--root', kinds: ['table'], isGiven: ({ root }: SourceOptions) => root !== undefined },
  { flag: '--classes', kinds: LABELLED, isGiven: ({ classes }: SourceOptions) => classes !== null },
] as const;

/** @throws WinnowError USAGE for flags that would change nothing */
export function refuseIdleFlags(source: string, kind: SourceKind, options: SourceOptions): void {
  const idle = FLAGS.filter(({ kinds, isGiven }) => isGiven(options) && !kinds.some((one) => one === kind));
  if (idle.length === 0) return;
  const given = idle.map(({ flag }) => flag).join(', ');
  throw new WinnowError('USAGE', `${given}: of no use for a source of the kind ${kind}`, {
    where: source,
    next: 'Leave them out, or say what the source is with --as.',
  });
}
