/** In place of a file's name. */
export const STANDARD_INPUT = '-';
