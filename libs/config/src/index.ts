export { addRenames } from './add-renames';
export type { ProjectConfig } from './project-config';
export type { Override } from './environment/overrides';
export {
  copiesByImage,
  countExternal,
  DecisionFinder,
  describePassedOver,
  digestDecisions,
  keptByCopy,
} from './decision-finder';
export type { Decisions, OverruledDecision } from './decision-finder';
export { heldOutId, heldOutSources } from './held-out-sources';
export type { HeldOutSource } from './held-out-sources';
export { BUILD_ROLES, SPLIT_ROLES, STUDENT_ROLES, TRAIN_ROLES } from './identity-settings';
export { contradiction, loadCorrections, parseCorrections, UNDECIDED } from './load-corrections';
export type { CorrectionRow } from './load-corrections';
export { loadProject } from './load-project';
export { loadTruth } from './load-truth';
export { loadWorld, WORLD_FILE } from './load-world';
export type { World } from './load-world';
export { nameSchema } from './name-schema';
export { PROJECT_SCHEMA_FILE, projectFileText } from './project-file-text';
export { projectJsonSchema } from './project-keys';
export { projectSchema } from './project-schema';
export { parseStoreAddress, storeAddress } from './environment/store-address';
export type { StoreAddress } from './environment/store-address';
export { asksDecisions, asksSplit, parseWhereExpression } from './where/parse-where';
export type { WhereComparison, WhereExpression, WhereFieldType } from './where/parse-where';
