/** What TF.js calls the file that describes a model, beside those of its weights. */
export const TFJS_JSON = 'model.json';
