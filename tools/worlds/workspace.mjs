/** As the tools for worlds call it. */
export { requireTypeScript as workspace } from '../require-typescript.mjs';
