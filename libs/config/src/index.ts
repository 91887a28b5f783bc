export type { Override } from './apply-overrides';
export { loadProject } from './load-project';
export type { LoadProjectOptions } from './load-project';
export type { ProjectConfig, ProjectPaths } from './project-config';
export { projectJsonSchema } from './project-json-schema';
export { projectSchema } from './project-schema';
export type { ProjectSettings } from './project-schema';
