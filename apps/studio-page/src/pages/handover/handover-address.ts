import { choiceParameter, flagParameter, listParameter, textParameter } from '../../address/codec';
import type { Parameter, ValuesOf } from '../../address/codec';

export const LABELS = ['given', 'decided', 'refined'] as const;
export const KINDS = ['clean', 'closed', 'open'] as const;
type Kind = (typeof KINDS)[number];

const USUAL_KINDS: readonly Kind[] = ['clean', 'closed'];

const kindsParameter: Parameter<readonly Kind[]> = {
  read: (text) => {
    const kinds = KINDS.filter((kind) => text.split(',').includes(kind));
    return kinds.length === 0 ? undefined : kinds;
  },
  write: (kinds) => (kinds.join() === USUAL_KINDS.join() ? '' : kinds.join()),
  standard: USUAL_KINDS,
};

/** Above 0 and up to 1; 0: none is asked for. */
const shareParameter: Parameter<number> = {
  read: (text) => (Number(text) > 0 && Number(text) <= 1 ? Number(text) : undefined),
  write: (value) => (value > 0 ? String(value).replace(/^0\./, '.') : ''),
  standard: 0,
};

/** Pixels, or nothing. */
const sizeParameter: Parameter<number | null> = {
  read: (text) => (/^[1-9]\d{0,4}$/.test(text) ? Number(text) : undefined),
  write: (value) => (value === null ? '' : String(value)),
  standard: null,
};

/** The form is its address. */
export const HANDOVER = {
  kinds: kindsParameter,
  labels: choiceParameter<(typeof LABELS)[number]>(LABELS, 'refined'),
  least: shareParameter,
  decided: flagParameter(),
  licenses: listParameter(),
  size: sizeParameter,
  holdout: textParameter(),
};
export type HandoverValues = ValuesOf<typeof HANDOVER>;
