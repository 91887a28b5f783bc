import { METHOD_NAMES } from '@winnow/contracts';
import { METHODS } from '@winnow/training';

/** Methods to which a split makes a difference. */
export const SPLIT_READERS = METHOD_NAMES.filter((name) => METHODS[name].needsSplit);

/** Methods to which a person's decisions make a difference. */
export const DECISION_READERS = METHOD_NAMES.filter((name) => METHODS[name].readsDecisions === true);
