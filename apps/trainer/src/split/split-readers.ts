import { METHOD_NAMES } from '@winnow/contracts';
import { METHODS } from '@winnow/training';

/** Methods to which a split, and corrections of it, make a difference. */
export const SPLIT_READERS = METHOD_NAMES.filter((name) => METHODS[name].needsSplit);
