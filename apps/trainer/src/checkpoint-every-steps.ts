/** A killed training repeats at most this many steps. */
export const CHECKPOINT_EVERY_STEPS = 50;
