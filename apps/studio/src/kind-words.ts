import type { NoiseKind } from '@winnow/contracts';

/** The kinds of a label as the report speaks of them. */
export const KIND_WORDS: Readonly<Record<NoiseKind, { readonly label: string; readonly meaning: string }>> = {
  clean: { label: 'Clean', meaning: 'The picture shows the class under which it was found.' },
  closed: {
    label: 'Closed',
    meaning: 'It shows another of the known classes: the label is refined and the picture used.',
  },
  open: { label: 'Open', meaning: 'It shows none of the known classes: it carries no label from here on.' },
};
