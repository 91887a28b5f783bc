import type { NoiseKind } from '@winnow/contracts';

/** The kinds of a label as the report speaks of them: what a split takes them for. */
export const KIND_WORDS: Readonly<Record<NoiseKind, { readonly label: string; readonly meaning: string }>> = {
  clean: { label: 'Clean', meaning: 'The split takes them to show the class of their label.' },
  closed: {
    label: 'Closed',
    meaning: 'The split takes them to show another of the known classes, and proposes that one.',
  },
  open: { label: 'Open', meaning: 'The split takes them to show none of the known classes.' },
};
