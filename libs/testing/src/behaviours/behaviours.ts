import { ADDRESS_BEHAVIOURS } from './address-behaviours';
import type { Behaviour, BehaviourWorld } from './behaviour';
import { FAULT_BEHAVIOURS } from './fault-behaviours';
import { IMAGE_BEHAVIOURS } from './image-behaviours';
import { RULE_BEHAVIOURS } from './rule-behaviours';

/** What image hosts do, by the name that the table of behaviours gives it. */
export const BEHAVIOURS = {
  ...IMAGE_BEHAVIOURS,
  ...FAULT_BEHAVIOURS,
  ...RULE_BEHAVIOURS,
  ...ADDRESS_BEHAVIOURS,
} as const satisfies Record<string, (world: BehaviourWorld) => Promise<Behaviour>>;

export type BehaviourId = keyof typeof BEHAVIOURS;
